#!/usr/bin/env bash
# azure-core 1.41.0: LROPoller fails with a bare KeyError, at its first look at an operation, if the
# client's pipeline sends no header x-ms-client-request-id, as one with a list of policies of one's own
# does. The poller takes the id of the first request for all later ones and does not allow for there
# being none. No server asks for it: the same operation is followed to its end once RequestIdPolicy is
# among the policies, as it is in the list that PipelineClient has by default.
# Seen:
#   without RequestIdPolicy: KeyError: 'x-ms-client-request-id', after 0 looks
#   with RequestIdPolicy: Succeeded, after 1 look
# Exits non-zero if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check azure-core==1.41.0 requests==2.32.5
"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.core import PipelineClient
from azure.core.pipeline.policies import RequestIdPolicy
from azure.core.polling import LROPoller
from azure.core.polling.base_polling import LROBasePolling
from azure.core.rest import HttpRequest

looks = []


class Service(BaseHTTPRequestHandler):
    """Accepts an operation, which has succeeded when it is looked at."""

    def do_POST(self):
        self.answer(202, "Running")

    def do_GET(self):
        looks.append(self.path)
        self.answer(200, "Succeeded")

    def answer(self, code, status):
        body = json.dumps({"status": status}).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if code == 202:
            self.send_header("Location", f"{url}/operations/1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def followed(*policies):
    """Return the operation's last status, or the error; and how often it was looked at."""
    looks.clear()
    with PipelineClient(url, policies=list(policies)) as client:
        request = HttpRequest("POST", f"{url}/operations")
        first = client.send_request(request, _return_pipeline_response=True)
        polling = LROBasePolling(timeout=0)
        try:
            poller = LROPoller(client, first, lambda last: last.http_response.json(), polling)
            return poller.result(timeout=30)["status"], len(looks)
        except KeyError as error:
            return f"KeyError: {error}", len(looks)


with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
    url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    without, given = followed(), followed(RequestIdPolicy())
    server.shutdown()
print(f"without RequestIdPolicy: {without[0]}, after {without[1]} looks")
print(f"with RequestIdPolicy: {given[0]}, after {given[1]} look")
expected = (("KeyError: 'x-ms-client-request-id'", 0), ("Succeeded", 1))
sys.exit(0 if (without, given) == expected else 1)
PYTHON
