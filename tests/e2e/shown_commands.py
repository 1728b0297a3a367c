"""The commands that README.md and docs/ show, and how they are run."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import srt
from sacrebleu import CHRF

from local import REPOSITORY
from local.aws.template import load_template
from tests.e2e.environment import readers_environment

README = (REPOSITORY / "README.md").read_text()
PAGES = [README, *(page.read_text() for page in sorted((REPOSITORY / "docs").glob("*.md")))]
TEMPLATE = load_template()

# Every command that is shown, and nothing else; each has its test in test_readme*.py.
KNOWN = {
    "translate": r"make translate",
    "translate a file": r"make translate AUDIO=\S+ FORMAT=\w+",
    "serve": r"make serve",
    "test": r"make test",
    "deploy": r"sam build && sam deploy --guided",
    "put the key": r"aws ssm put-parameter .*",
    "backfill": r"make backfill BUCKET=\S+ PREFIX=\S+",
    "backfill for real": r"make backfill BUCKET=\S+ PREFIX=\S+ RUN=1",
    "backfill what failed": r"make backfill BUCKET=\S+ PREFIX=\S+ RETRY=1 RUN=1",
    "check a list of providers": r"make check-providers FILE=\S+",
    "ask": r'curl -X POST "\$TRANSLATE_URL" .*',
    "have a job go on": r'curl -X POST "\$API_URL/jobs/\$JOB/retry" .*',
    "name a file": r"AUDIO=.*",
    "ask for an upload": r"ANSWER=\$\(curl .*",
    "read its answer": r"field\(\) .*",
    "upload": r"curl -T .*",
    "wait for a job": r"curl -sf --retry .*",
    "change parameters": r"sam deploy --parameter-overrides .*",
    "deploy the state machines": r"sam deploy --template-file docs/step-functions.yaml .*",
    "deploy a domain": r"sam deploy --template-file docs/custom-domain.yaml .*",
    "start a state machine": r"aws stepfunctions start-execution .*",
    "read an output": r"output\(\) .*",
    "find the bucket": r"BUCKET=\$\(output .*",
    "put a recording": r"aws s3 cp \S+ \"\S+/uploads/\S+",
    "list the translations": r"aws s3 ls .*",
    "read a translation": r"aws s3 cp \S+ -",
    "put a recording with wishes": r"aws s3 cp .* --metadata .*",
    "put the wishes of a folder": r"echo .*",
    "switch events on": r"aws s3api .*",
    "name its ARN": r"arn\(\) .*",
    "send events back": r"aws sqs .*",
    "lead OpenAI's clients here": r"export OPENAI_BASE_URL=.*",
    "write the deployers' policies": r"make deploy-policy ACCOUNT=.*",
    "make the deployers' policies": r"for file in deploy-policies/.*",
    "make a role for logs": r"aws iam create-role .*",
    "let it write logs": r"aws iam attach-role-policy .*",
    "name it to API Gateway": r"aws apigateway update-account .*",
    "ask as OpenAI is asked": r"curl -sf \"\$OPENAI_BASE_URL/audio/translations.*",
    "lead curl here": r"API=.*",
    "send a file": r"curl -sf \"\$API/translate\" .*",
    "make a job of a file": r"JOB=\$\(curl .*",
    "wait for its text": r"curl -sf \"\$JOB/translation\?.*",
    "ask for a transcript": r"curl .* -o interview.html .*",
    "read the key of records": r"curl -o key.pem .*",
    "verify a record": r"make verify FILE=\S+",
    "verify a record without us": r"openssl dgst .*",
    "compare what is recorded": r"sha256sum .*",
    "correct a segment": r"curl -X PATCH .*",
    "practice a sentence": r"curl .*/practice\" .*",
    "install the client": r"pip install \./client",
    "translate with the client": r"audio-translate talk\.mp4 .*",
    "open a session": r"SESSION=.*",
    "say an utterance": r"curl -sf \"\$API_URL/live/\$SESSION/utterances\" .*",
    "read a session": r"curl -sf \"\$API_URL/live/\$SESSION\?.*",
    "end a session": r"curl -sf -X DELETE .*",
    "read what it became": r"curl -sf \"\$API_URL/jobs/\$SESSION/translation\?.*",
    "ask for what is said": r"curl -sf \"\$OPENAI_BASE_URL/audio/transcriptions.*",
}

TOOLS = [REPOSITORY / folder / "bin" for folder in (".venv-sam", ".venv-aws")]
CLI = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_PAGER": "",
    "PATH": os.pathsep.join([*map(str, TOOLS), os.environ["PATH"]]),
}

# The CLI's first version goes to the real SQS unless the command itself says otherwise.
AWS = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }\n'


def shown_commands() -> list[str]:
    """Return the lines of all blocks marked `sh`, continued lines as one."""
    blocks = [block for page in PAGES for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL)]
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in map(str.strip, lines) if line]


def shown(name: str) -> str:
    (command,) = [c for c in shown_commands() if re.fullmatch(KNOWN[name], c)]
    return command


def run(
    command: str,
    *,
    environ: Mapping[str, str] | None = None,
    cwd: Path = REPOSITORY,
    stdin: str = "",
    seconds: float = 150,
) -> subprocess.CompletedProcess[str]:
    """Run a line as a shell would; it must succeed."""
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        env=readers_environment() | dict(environ or {}),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran


def similarity(text: str, expected: str) -> float:
    """From 0 to 100; where it is over 80 a reader sees the same sentences."""
    return float(CHRF().sentence_score(text, [expected]).score)


def words(captions: str) -> str:
    return " ".join(cue.content.replace("\n", " ") for cue in srt.parse(captions))


def first_request() -> tuple[str, str, dict[str, str], dict[str, Any]]:
    (block,) = re.findall(r"```http\n(.*?)```", README, re.DOTALL)
    head, _, body = block.partition("\n\n")
    request_line, *header_lines = head.splitlines()
    method, path = request_line.split()
    return method, path, dict(line.split(": ", 1) for line in header_lines), json.loads(body)


def first_answer() -> str:
    (block,) = re.findall(r"```srt\n(.*?)```", README, re.DOTALL)
    return str(block)
