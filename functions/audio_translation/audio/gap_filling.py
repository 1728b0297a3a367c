"""Decoded frames at the times that their packets state.

A track may begin later than the file, have gaps, or have timestamps that drift from the number of
samples. Gaps become silence and doubled samples are dropped, so that the number of a sample is its
time in the file.
"""

from av.audio.frame import AudioFrame

from audio_translation.audio.pcm import RATE, Mono, Recorder

_TOLERANCE = 40
"""Milliseconds by which the timestamps may differ from the samples before they are corrected."""

_LARGEST_STEP_BACK = 1_000
"""Milliseconds; timestamps that go back further have been restarted and are not followed."""


class Timeline:
    """Writes decoded frames to a ``Recorder`` at their times.

    - ``frames``: the number of frames written.
    - ``start``: when the first frame begins, in milliseconds from the file's beginning.
    - ``damaged``: the number of packets that could not be decoded; the caller counts them.
    """

    def __init__(self, recorder: Recorder, epoch: int) -> None:
        """``epoch`` is the timestamp of the file's beginning in microseconds."""
        self.recorder = recorder
        self.frames = self.damaged = self.start = 0
        self._mono = Mono()
        self._epoch = epoch * RATE // 1_000_000
        self._skip = 0  # the next samples, which have been written already

    def add(self, frame: AudioFrame) -> None:
        """Write a frame; raises AudioTooLarge over the recorder's maximum."""
        if not frame.samples or not frame.sample_rate:
            return
        self._place(frame)
        self._write(self._mono.add(frame))
        self.frames += 1

    def end(self) -> None:
        """Write the samples that the resampler holds."""
        self._write(self._mono.end())

    def _write(self, data: bytes) -> None:
        skipped = min(self._skip, len(data) // 2)
        self._skip -= skipped
        self.recorder.write(data[2 * skipped :])

    def _place(self, frame: AudioFrame) -> None:
        """Write silence up to the frame's time, or skip samples that were written already."""
        if frame.time is None:
            return
        at = round(frame.time * RATE) - self._epoch
        ahead = at - (self.recorder.samples + self._mono.held - self._skip)
        if abs(ahead) <= _TOLERANCE * RATE // 1000:
            return
        furthest_back = -_LARGEST_STEP_BACK * RATE // 1000 if self.frames else 0
        if ahead > self.recorder.room or ahead < furthest_back:
            self._epoch += ahead  # wrong timestamps: the frame follows the one before
            return
        self.end()
        if not self.frames:
            self.start = at * 1000 // RATE
        self._skip = max(0, self.recorder.samples - at)
        self.recorder.silence(max(0, at - self.recorder.samples))
