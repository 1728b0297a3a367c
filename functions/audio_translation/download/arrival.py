"""A download whose file is read while it arrives: see ``audio.arriving_file``."""

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from audio_translation.audio import arriving_file
from audio_translation.audio.audio_file import LARGE, FetchedFile

_FIRST_BYTES = 256 * 1024
"""That must be there before anybody reads."""
_SOON_SECONDS = 0.2
"""A file that is there so soon is read as any other, which costs less."""


class Arrival:
    """What a download tells on its way. It ends early if nobody wants the file any more."""

    def __init__(self) -> None:
        self.begun: Future[FetchedFile] = Future()
        self._unwanted = threading.Event()

    def told(self, path: Path, size: int | None, name: str, there: int) -> None:
        """Take how many bytes of a file are there. ``size``: of all of it, None if unknown.

        Raises Unwanted.
        """
        if self._unwanted.is_set():
            raise Unwanted
        large = size is not None and size >= LARGE
        if size is not None and large and there >= _FIRST_BYTES and not self.begun.done():
            arriving_file.begin(path, size)
            self.begun.set_result(FetchedFile(path, size, name))

    @property
    def is_read(self) -> bool:
        """Whether somebody may read the file already."""
        return self.begun.done()

    def cancel(self) -> None:
        """End the download."""
        self._unwanted.set()


class Unwanted(Exception):
    """Nobody wants the file any more."""


def fetched_early(fetch: Callable[[Arrival], FetchedFile]) -> FetchedFile:
    """Return a file as soon as it can be read; ``rest`` is what is still to come.

    Raises what ``fetch`` raises before that.
    """
    arrival = Arrival()
    pool = ThreadPoolExecutor(1, thread_name_prefix="download")
    whole = pool.submit(_whole, fetch, arrival)
    pool.shutdown(wait=False)
    wait([whole, arrival.begun], return_when=FIRST_COMPLETED)
    wait([whole], timeout=_SOON_SECONDS)
    if whole.done():
        return whole.result()
    return replace(arrival.begun.result(), rest=whole, cancel=arrival.cancel)


def _whole(fetch: Callable[[Arrival], FetchedFile], arrival: Arrival) -> FetchedFile:
    try:
        file = fetch(arrival)
    except BaseException:
        if arrival.is_read:
            with suppress(OSError):  # a disk that is full, or a folder that is gone
                arriving_file.give_up(arrival.begun.result().path)
        raise
    arriving_file.complete(file.path)
    return file
