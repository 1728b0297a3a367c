"""A job's first step: its audio is fetched and decoded, cut into chunks, and they are stored."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from audio_translation.audio.audio_file import FetchedFile
from audio_translation.audio.chunk_plan import Chunk, plan
from audio_translation.audio.decoder import Decoded, Decoder
from audio_translation.audio.speech import speech_spans
from audio_translation.audio.type_detection.type_constants import FLAC
from audio_translation.deadline import Deadline
from audio_translation.errors import AudioTooLarge, UnsupportedAudio
from audio_translation.jobs.job import Job
from audio_translation.jobs.job_files import JobFiles
from audio_translation.jobs.steps.job_source import JobSource

_UPLOADS_AT_ONCE = 8


@dataclass(frozen=True)
class Cut:
    """A recording whose chunks are stored; ``duration`` in milliseconds."""

    chunks: list[Chunk]
    duration: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class CutRecording:
    """Cuts jobs' audio into chunks; its limits are in milliseconds."""

    source: JobSource
    decoder: Decoder
    files: JobFiles
    max_duration: int
    chunk_target: int
    chunk_limit: int

    def cut(self, job: Job, folder: Path, deadline: Deadline) -> Cut:
        """Store the chunks of a job's audio, all that lies on disk meanwhile in ``folder``.

        Raises what fetching and decoding raise.
        """
        decoded = self._decoded(self.source.fetch(job, folder, deadline), folder, deadline)
        duration = decoded.info.duration
        chunks = plan(
            speech_spans(decoded.levels, duration),
            duration=duration,
            target=self.chunk_target,
            limit=self.chunk_limit,
        )
        self._store(job.id, decoded.pcm, chunks, folder)
        return Cut(chunks, duration, decoded.info.warnings)

    def _decoded(self, fetched: FetchedFile, folder: Path, deadline: Deadline) -> Decoded:
        longest = self.max_duration
        try:
            return self.decoder.decode(
                fetched.path, folder, max_duration=longest, deadline=deadline
            )
        except (UnsupportedAudio, AudioTooLarge) as error:
            error.param = error.param or "audioFileUrl"
            raise

    def _store(self, job_id: str, pcm: Path, chunks: Sequence[Chunk], folder: Path) -> None:
        def store(index: int) -> None:
            path = folder / f"{index}.{FLAC.extension}"
            chunk = chunks[index]
            audio = self.decoder.cut(pcm, chunk.start, chunk.end, path)
            self.files.save_chunk(job_id, index, path, audio.type.mime)
            path.unlink()

        with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
            list(pool.map(store, range(len(chunks))))
