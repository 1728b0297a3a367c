"""A process that is started with ``end_with_parent`` does not outlive the one that started it."""

import os
import subprocess
import sys
from pathlib import Path

from local import REPOSITORY

CHILD = "import time; from local.end_with_parent import end_with_parent; end_with_parent(0); "
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_when_the_pipe_is_closed_and_not_before() -> None:
    program = CHILD + "print('up', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout
        assert child.stdin
        assert child.stdout.readline() == b"up\n"
        child.stdin.write(b"bytes end nothing")
        child.stdin.flush()
        assert child.poll() is None
        child.stdin.close()
        assert child.wait(10) == 0


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    program = CHILD + f"f = open({str(fifo)!r}, 'w'); time.sleep(60)"
    with (
        subprocess.Popen(
            [sys.executable, "-c", PARENT, program], cwd=REPOSITORY, stdout=subprocess.PIPE
        ) as parent,
        fifo.open() as held_by_child,
    ):  # opens when the child has opened it
        parent.kill()
        assert held_by_child.read() == "", "which ends when the child has ended"
