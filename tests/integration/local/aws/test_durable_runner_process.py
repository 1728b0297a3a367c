"""The runner of durable executions invokes the function, and ends with us."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from local.aws.durable_runner_process import free_port, running_executions, start_execution

ANSWER = {"Status": "SUCCEEDED", "Result": "1"}


@contextmanager
def function(events: list[Any]) -> Iterator[str]:
    """Lambda's Invoke API in front of a function that keeps its events and succeeds at once."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            content = json.dumps(ANSWER).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_an_execution_invokes_its_function_with_the_payload(tmp_path: Path) -> None:
    events: list[Any] = []
    with (
        function(events) as invoke_api,
        running_executions(invoke_api, tmp_path / "e.sqlite", port=free_port()) as runner,
    ):
        start_execution(runner, "function", "one", json.dumps({"jobId": "j"}))
        ends = time.monotonic() + 30
        while not events:
            assert time.monotonic() < ends
            time.sleep(0.05)
    assert json.dumps({"jobId": "j"}) in json.dumps(events[0]).replace('\\"', '"')
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{runner}/health", timeout=5)
