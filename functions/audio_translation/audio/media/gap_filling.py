"""Decoded frames at the times that their packets state.

A track may begin later than the file, have gaps, or have timestamps that drift from the number of
samples. Gaps become silence and doubled samples are dropped, so that the number of a sample is its
time in the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from av.audio.frame import AudioFrame

from audio_translation.audio.levels import RATE
from audio_translation.audio.media.channels import Channels
from audio_translation.audio.media.frame_batch import FrameBatch, time_of
from audio_translation.audio.media.pcm import Mono
from audio_translation.errors import AudioTooLarge, UnsupportedAudio

_TOLERANCE = 40
"""Milliseconds by which the timestamps may differ from the samples before they are corrected."""

_LARGEST_STEP_BACK = 1_000
"""Milliseconds; timestamps that go back further have been restarted and are not followed."""

_BATCH_SECONDS = 0.25
"""Sound that is placed, and for which it is chosen how two channels are heard, at once."""

_PIECE = RATE // 2

_FARTHEST_SECONDS = 30
"""From where a seek has led to what was sought; more is a seek that has failed."""

_RATES = range(2_000, 3_000_001)
"""Samples a second, from half of what any recorder has to more than DSD512 is decoded to. Of a few,
one packet would be hours of sound."""


@dataclass(frozen=True)
class Placed:
    """What is known of the samples so far.

    - ``duration``: milliseconds. ``start``: when the first frame begins, in milliseconds from the
      file's beginning. ``gaps``: milliseconds of silence after that.
    - ``damaged``: the number of packets that could not be decoded.
    - ``inverted``: whether two channels were heard by their difference somewhere.
    - ``jumped``: whether timestamps were not followed somewhere.
    - ``channels``: the most that there are. ``sides``: counts for ``TwoSides``.
    """

    duration: int
    start: int = 0
    gaps: int = 0
    damaged: int = 0
    inverted: bool = False
    jumped: bool = False
    channels: int = 0
    sides: Mapping[str, int] = field(default_factory=dict)


class NotReached(Exception):
    """The frames after a seek do not begin before the sample that is sought."""


class Timeline:
    """Turns decoded frames into blocks of samples and of silence at their times.

    ``frames``: the number of frames taken; ``first``: the sample with which the first one begins.
    ``samples``: the number of samples so far. The others: see ``Placed``.
    """

    def __init__(
        self, epoch: int, max_duration: int, *, timed: bool, channel: int | None = None
    ) -> None:
        """``epoch`` is the timestamp of the file's beginning in microseconds.

        ``max_duration`` is in milliseconds. Without ``timed`` timestamps are ignored. ``channel``:
        see ``Channels``.
        """
        self.frames = self.first = self.samples = self.damaged = self.start = self.gaps = 0
        self.jumped = False
        self._channels = Channels(channel)
        self._max_duration = max_duration
        self._timed = timed
        self._mono = Mono()
        self._epoch = epoch * RATE // 1_000_000
        self._length = 0  # samples of the last frame, at RATE
        self._skip = 0  # the next samples, which have been told already
        self._origin: Fraction | None = None  # seconds; the time that frames state of sample 0
        self._sought: int | None = None  # the sample to begin with
        self._batch = FrameBatch()
        self._is_begun = self._is_exact = False
        self._ready: list[bytes | int] = []
        self._unread = 0  # samples in _ready

    @property
    def placed(self) -> Placed:
        """What is known so far."""
        return Placed(
            duration=self.samples * 1000 // RATE,
            start=self.start,
            gaps=self.gaps,
            damaged=self.damaged,
            inverted=self._channels.inverted,
            jumped=self.jumped,
            channels=self._channels.most,
            sides=dict(self._channels.sides),
        )

    def add(self, frame: AudioFrame) -> None:
        """Take a frame; raises AudioTooLarge over the maximum, or UnsupportedAudio."""
        if not frame.samples or not frame.sample_rate:
            return
        if frame.sample_rate not in _RATES:
            raise UnsupportedAudio(
                f"The file's audio has {frame.sample_rate} samples a second; recordings have"
                f" {_RATES[0]} to {_RATES[-1]}. Send one whose header says how many it has."
            )
        if self._sought is not None and not self._is_reached(frame, self._sought):
            return
        self._length = frame.samples * RATE // frame.sample_rate
        if not self._batch.is_followed_by(frame, timed=self._timed):
            self._take_batch()
        self._batch.add(frame)
        self.frames += 1
        if self._batch.seconds >= _BATCH_SECONDS:
            self._take_batch()

    def time_of(self, sample: int) -> Fraction:
        """Return the time, in seconds, that a frame states which begins with a sample.

        Raises NotReached if no frame has been taken, or frames state no times.
        """
        if self._origin is None:
            raise NotReached
        return self._origin + Fraction(sample, RATE)

    def beginning_with(self, sample: int) -> "Timeline":
        """Return the timeline of the same track from a sample on; frames before it are dropped."""
        moved = Timeline(0, self._max_duration, timed=self._timed)
        moved._channels = self._channels.again()
        moved._epoch, moved._length = self._epoch, self._length
        moved._origin, moved.first, moved.start = self._origin, self.first, self.start
        moved._sought = moved.samples = sample
        moved._is_begun = True
        return moved

    def lost(self) -> None:
        """Count a packet that cannot be decoded; without timestamps, silence takes its place."""
        self.damaged += 1
        if not self._timed and self._length:
            self._take_batch()
            self._tell(self._mono.end())
            self._tell_silence(self._length)

    def end(self) -> None:
        """Take what is held back."""
        self._take_batch()
        self._tell(self._mono.end())

    def ready(self, *, ended: bool = False) -> Iterator[bytes | int]:
        """Yield the blocks that are ready; at the end, all of them."""
        if self._unread < _PIECE and not ended:
            return
        blocks, self._ready, self._unread = self._ready, [], 0
        joined: list[bytes] = []
        for block in blocks:
            if isinstance(block, bytes):
                joined.append(block)
                continue
            if joined:
                yield b"".join(joined)
                joined.clear()
            yield block
        if joined:
            yield b"".join(joined)

    def _is_reached(self, frame: AudioFrame, sample: int) -> bool:
        """Return whether a frame has the sample, and is to be taken from there on."""
        time = time_of(frame)
        if time is None:
            raise NotReached
        before = (self.time_of(sample) - time) * frame.sample_rate
        if before < -1 or before > _FARTHEST_SECONDS * frame.sample_rate:
            raise NotReached
        if before >= frame.samples:
            return False
        self._sought = None
        self._is_exact = True
        self._mono.trim(max(0, round(before)))
        return True

    def _take_batch(self) -> None:
        """Tell the frames that wait."""
        time, frame = self._batch.time, self._batch.taken()
        if frame is None:
            return
        if time is not None and not self._is_exact:
            self._place(round(time * RATE) - self._epoch)
        if time is not None and not self._is_begun:
            self.first = self.samples
            self._origin = time - Fraction(self.samples, RATE)
        self._is_begun, self._is_exact = True, False
        self._tell(self._mono.add(frame, self._channels.heard(frame)))

    def _tell(self, data: bytes) -> None:
        skipped = min(self._skip, len(data) // 4)
        self._skip -= skipped
        if len(data) > 4 * skipped:
            self._count(len(data) // 4 - skipped)
            self._ready.append(data[4 * skipped :] if skipped else data)

    def _place(self, at: int) -> None:
        """Tell silence up to a sample's time, or skip samples that were told already."""
        if not self._timed and self._is_begun:
            return
        ahead = at - (self.samples + self._mono.held - self._skip)
        if abs(ahead) <= _TOLERANCE * RATE // 1000:
            return
        furthest_back = -_LARGEST_STEP_BACK * RATE // 1000 if self._is_begun else 0
        if ahead > self._room or ahead < furthest_back:
            self._epoch += ahead  # wrong timestamps: the frame follows the one before
            self.jumped = True
            return
        self._tell(self._mono.end())
        if not self._is_begun:
            self.start = at * 1000 // RATE
        self._skip = max(0, self.samples - at)
        if at > self.samples:
            self._tell_silence(at - self.samples)

    def _tell_silence(self, samples: int) -> None:
        if self._is_begun:
            self.gaps += samples * 1000 // RATE
        self._count(samples)
        self._ready.append(samples)

    @property
    def _room(self) -> int:
        """The number of samples that there may still be."""
        return self._max_duration * RATE // 1000 - self.samples

    def _count(self, samples: int) -> None:
        if samples > self._room:
            raise AudioTooLarge(
                f"The audio is longer than {self._max_duration / 60_000:g} minutes, which is the"
                " most that is translated at once; send it in parts."
            )
        self.samples += samples
        self._unread += samples
