"""Files that are there whole or not at all, and never in place of another one unasked."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from audio_translate.errors import NotWritten


def write(path: Path, content: bytes, *, overwrite: bool = False) -> None:
    """Write a file, and the folders above it; raises NotWritten.

    What is no file, such as a pipe, is written to as it is.
    """
    try:
        target = path.resolve()  # of a link, what it leads to
        if target.exists() and not target.is_file() and not target.is_dir():
            target.write_bytes(content)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if overwrite:
                part.replace(target)
            else:
                _place(part, target)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError:
        raise NotWritten(f"{path} is there already.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no name of a file"
        raise NotWritten(f"{path} cannot be written: {reason}.") from error


def _place(part: Path, target: Path) -> None:
    """Give a file its name unless it is taken; raises FileExistsError."""
    with suppress(OSError, NotImplementedError):
        os.link(part, target)
        return
    # No links here, or the name is taken.
    if target.exists():
        raise FileExistsError
    part.replace(target)
