"""For processes that must end with the process that started them, even if that one is killed."""

import os
import threading


def end_with_parent(pipe: int) -> None:
    """End this process at once when the parent closes its end of ``pipe``, a file descriptor.

    The kernel closes it when the parent dies, by SIGKILL, too.
    """

    def wait() -> None:
        while os.read(pipe, 1):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True, name="end-with-parent").start()
