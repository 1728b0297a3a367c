"""Two processes never hold a lock at the same time."""

import subprocess
import sys
from pathlib import Path

import pytest

from local import REPOSITORY
from local.file_lock import file_lock

PROGRAM = """
import sys
from pathlib import Path
from local.file_lock import file_lock
print("waits", flush=True)
with file_lock(Path(sys.argv[1])):
    print("holds", flush=True)
"""


def test_another_process_waits_until_the_lock_is_free(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "lock"
    with file_lock(path):
        other = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(path)],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert other.stdout
        assert other.stdout.readline() == "waits\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.5)
    with other:
        assert other.stdout.readline() == "holds\n"
        assert other.wait(10) == 0
