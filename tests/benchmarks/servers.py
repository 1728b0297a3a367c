"""A source and a provider that move 20 MB a second, in a process of their own."""

import json
import os
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.fakes.aws.moto_server import BUCKET, KEY_PARAMETER, running_aws
from tests.fakes.provider.answers import verbose_json
from tests.worlds.kept_answers import NONE_KEPT

BYTES_PER_SECOND = 20_000_000
PROVIDER_SECONDS = 0.5
_PIECE = 50_000


class Throttled(BaseHTTPRequestHandler):
    """``GET /<bytes>.wav`` is that much audio; every POST is a translation."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        size = int(self.path.strip("/").split(".")[0])
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        head = b"RIFF" + (size - 8).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0"
        head += b"\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data" + (size - 44).to_bytes(4, "little")
        self.wfile.write(head)
        started, sent = time.monotonic(), len(head)
        while sent < size:
            self.wfile.write(bytes(min(_PIECE, size - sent)))
            sent = min(size, sent + _PIECE)
            _keep_pace(started, sent)

    def do_POST(self) -> None:
        started, left = time.monotonic(), int(self.headers["Content-Length"])
        total = left
        while left:
            left -= len(self.rfile.read(min(_PIECE, left)))
            _keep_pace(started, total - left)
        time.sleep(PROVIDER_SECONDS)
        body = json.dumps(verbose_json("Hello there.")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def _keep_pace(started: float, moved: int) -> None:
    ahead = moved / BYTES_PER_SECOND - (time.monotonic() - started)
    if ahead > 0:
        time.sleep(ahead)


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has taken so far, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the environment that a worker needs, then serve until standard input closes."""
    with (
        running_aws() as aws,
        ThreadingHTTPServer(("127.0.0.1", 0), Throttled) as server,
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
    ):
        aws.reset()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_address[1]}"
        environment = {
            **aws.environment,
            "PROVIDER_BASE_URL": f"{host}/v1",
            "SOURCE": host,
            "API_KEY_PARAMETER": KEY_PARAMETER,
            "BUCKET": BUCKET,
            "FETCH_ALLOW_LOOPBACK": "true",
            "WORK_FOLDER": f"{folder}/work",  # functions empty theirs: not another service's
            "POWERTOOLS_SERVICE_NAME": "audio-translation",
            "POWERTOOLS_METRICS_NAMESPACE": "AudioTranslation",
            **NONE_KEPT,
        }
        print(json.dumps(environment), flush=True)  # noqa: T201
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
