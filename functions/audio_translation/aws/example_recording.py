"""A short Spanish recording that comes with the service: examples of requests lead to it."""

from dataclasses import dataclass
from pathlib import Path

from audio_translation.aws.bucket import Bucket
from audio_translation.errors import NotFound

_FILE = Path(__file__).with_name("example.mp3")
_LINK_SECONDS = 300


@dataclass(frozen=True)
class ExampleRecording:
    """Keeps the recording in the audio ``folder`` of the bucket, and links to it there.

    API Gateway would answer with the bytes themselves only to clients whose first ``Accept`` is an
    audio type: browsers and most others would get base64. S3 serves everybody.
    """

    bucket: Bucket
    folder: str

    def link(self) -> str:
        """Return a URL of the recording, which is stored if it is not there.

        Raises NotFound where there is no bucket, RateLimited and Internal.
        """
        if not self.bucket.name:
            raise NotFound("There is no example here: this service has no bucket.")
        key = f"{self.folder.strip('/')}/{_FILE.name}"
        if self.bucket.read(key, at_most=1, listed=False) is None:
            self.bucket.write(key, _FILE.read_bytes(), "audio/mpeg")
        return self.bucket.link(key, seconds=_LINK_SECONDS).url
