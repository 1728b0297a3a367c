"""What a job that runs stores in the stack's bucket: chunks, their translations, the result."""

from pathlib import Path

from audio_translation.adapters.job_files import JobFiles

_PIECE = 1024 * 1024


class JobFolder(JobFiles):
    """Reads and writes objects. What goes wrong when writing is S3's own error, and passes."""

    def write(self, key: str, content: bytes, mime: str) -> None:
        """Store an object."""
        self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=mime)

    def download(self, key: str, to: Path) -> None:
        """Bring an object into a file, with one request."""
        body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        with to.open("wb") as file:
            for piece in body.iter_chunks(_PIECE):
                file.write(piece)

    def upload(self, path: Path, key: str, mime: str) -> None:
        """Store a file of any size."""
        self._client.upload_file(str(path), self._bucket, key, {"ContentType": mime})

    def delete(self, key: str) -> None:
        """Remove an object, if there is one."""
        self._client.delete_object(Bucket=self._bucket, Key=key)
