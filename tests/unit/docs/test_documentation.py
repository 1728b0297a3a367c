"""README and docs say what the code does: settings, parameters, errors, fields, classes, links."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from audio_translation.aws.bucket_keys import UPLOADS as UPLOAD_FOLDER
from audio_translation.aws.bucket_keys import has_room_for_results, result_path
from audio_translation.errors import (
    Internal,
    InvalidRequest,
    JobNotFinished,
    LiveEnded,
    MethodNotAllowed,
    ModelNotFound,
    RateLimited,
    ServiceError,
    UnsupportedAudio,
)
from audio_translation.formats.response_format import ResponseFormat
from audio_translation.jobs.job_view import PreparedUpload, Upload
from audio_translation.jobs.upload_request import UploadRequest
from audio_translation.settings import Settings
from audio_translation.translation.request import TranslationOptions, TranslationRequest
from audio_translation.uploads.options import options_in_file, options_in_metadata, requested
from local import REPOSITORY
from local.aws.iam_policies import allows
from local.aws.template import environment, load_template
from tests.documented import documented
from tests.fakes.http_server import LoopbackServer, Request
from tests.unit.test_errors import classes
from tools.backfill.aws_error_messages import PERMISSIONS

README = (REPOSITORY / "README.md").read_text()
SETTINGS = (REPOSITORY / "docs" / "settings.md").read_text()
UPLOADS = (REPOSITORY / "docs" / "uploads.md").read_text()
S3 = (REPOSITORY / "docs" / "s3.md").read_text()
INVOKE = (REPOSITORY / "docs" / "invoke.md").read_text()
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
TEMPLATE = load_template()
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
NOT_SET = "—"


def table(*header: str) -> list[list[str]]:
    """Return the rows of the table with this header in the README or the list of settings."""
    line = re.escape("| " + " | ".join(header) + " |\n")
    (body,) = re.findall(rf"^{line}\|[-|]+\n((?:\|.*\n)+)", README + SETTINGS, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in body.splitlines()]


def code(text: object) -> str:
    return f"`{text}`"


def first_sentence(text: str | None) -> str:
    return re.split(r"(?<=\.)\s", " ".join((text or "").split()))[0]


def shown(value: object) -> str:
    """A default as an environment variable holds it."""
    if value in ((), ""):
        return "empty"
    if isinstance(value, tuple):
        return code(",".join(value))
    return code(str(value).lower() if isinstance(value, bool) else value)


def variables() -> dict[str, Any]:
    """What the template sets in the environment of all functions and of each."""
    functions = (
        resource["Properties"].get("Environment", {}).get("Variables", {})
        for resource in TEMPLATE["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    )
    merged = dict(TEMPLATE["Globals"]["Function"]["Environment"]["Variables"])
    for own in functions:
        merged |= {name: value for name, value in own.items() if name not in merged}
    return merged


def test_the_settings_are_listed_with_their_parameters_defaults_and_meanings() -> None:
    deployed = variables()
    expected = []
    for name, field in Settings.model_fields.items():
        value = deployed.get(name.upper())
        parameter = value.get("Ref") if isinstance(value, dict) else None
        expected.append(
            [
                code(parameter) if parameter in PARAMETERS else NOT_SET,
                code(name.upper()),
                shown(field.default),
                first_sentence(field.description),
            ]
        )
    assert table("parameter", "variable", "default", "meaning") == expected


def test_the_other_parameters_are_listed_with_their_defaults_and_meanings() -> None:
    settings = {row[0] for row in table("parameter", "variable", "default", "meaning")}
    expected = [
        [code(name), shown(parameter["Default"]), first_sentence(parameter["Description"])]
        for name, parameter in PARAMETERS.items()
        if code(name) not in settings
    ]
    assert table("parameter", "default", "meaning") == expected


def test_a_parameter_has_the_default_of_its_setting_in_the_readme() -> None:
    for parameter, _, default, _ in table("parameter", "variable", "default", "meaning"):
        if parameter != NOT_SET:
            assert shown(PARAMETERS[parameter.strip("`")]["Default"]) == default


def test_the_download_of_the_invoke_function_may_take_as_long_as_is_said() -> None:
    invoke = environment(TEMPLATE, "InvokeFunction", {"AudioBucket": "b"})
    assert f"`FETCH_TOTAL_SECONDS` is {invoke['FETCH_TOTAL_SECONDS']} in the invoke" in SETTINGS


def test_the_error_table_has_every_code_with_its_statuses() -> None:
    expected: dict[str, set[int]] = {}
    for kind in classes():
        expected.setdefault(kind.code, set()).add(kind.status)
    for response in TEMPLATE["Resources"]["Api"]["Properties"]["GatewayResponses"].values():
        error = json.loads(response["ResponseTemplates"]["application/json"])["error"]
        expected.setdefault(error["code"], set()).add(response["StatusCode"])
    rows = table("code", "status", "when", "what to do")
    found = {row[0].strip("`"): {int(status) for status in row[1].split(",")} for row in rows}
    assert found == expected
    assert len(found) == len(rows)
    assert all(when and advice for *_, when, advice in rows)


def test_the_error_that_is_shown_has_the_envelope() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    error = json.loads(example)["error"]
    (kind,) = [kind for kind in classes() if kind.code == error["code"]]
    assert json.loads(example) == kind(error["message"], param=error["param"]).envelope()


def test_the_request_table_has_every_field_with_its_default() -> None:
    left_out = dict.fromkeys(
        ("prompt", "sourceLanguage", "speakers", "callbackUrl", "reference"), "none"
    )
    left_out["model"] = "the stack's `DefaultModel`"
    left_out["track"] = "the default one"
    left_out["record"] = "the stack's `Records`"
    left_out["maxCostUsd"] = "the stack's `MaxCostUsd`"
    left_out["subtitles"] = "the stack's `Subtitles`"
    rows = {row[0].strip("`"): row[1:] for row in table("field", "type", "default", "meaning")}
    fields = sorted(TranslationRequest.model_fields.values(), key=lambda f: not f.is_required())
    assert list(rows) == [field.alias for field in fields]
    for field in TranslationRequest.model_fields.values():
        name = str(field.alias)
        kind, default, meaning = rows[name]
        assert ("required" in kind) == field.is_required()
        if not field.is_required():
            assert default == (left_out[name] if field.default is None else shown(field.default))
        assert meaning
    assert set(re.findall(r"`(\w+)`", rows["responseFormat"][0])) == set(ResponseFormat)


def test_the_docs_list_the_classes_that_a_direct_invoke_raises() -> None:
    (sentence,) = re.findall(r"`errorType` is one of (.*?)\. ", INVOKE, re.DOTALL)
    listed = re.findall(r"`([A-Z]\w+)`", sentence)
    of_routes = {JobNotFinished, LiveEnded, MethodNotAllowed, ModelNotFound}
    assert sorted(listed) == sorted(kind.__name__ for kind in {*classes()} - of_routes)


class Lambda(LoopbackServer):
    """Lambda's Invoke over HTTP, once for each answer; keeps the paths and events.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """

    def __init__(self, *answers: object, failed: bool = False) -> None:
        super().__init__()
        self._answers = answers
        self._headers = {"X-Amz-Function-Error": "Unhandled"} if failed else {}
        self.received: list[tuple[str, Any]] = []

    def handle(self, request: Request) -> None:
        content = json.dumps(self._answers[len(self.received)]).encode()
        self.received.append((request.path, json.loads(request.body())))
        request.reply(200, content, self._headers)


def english(url: str) -> Any:
    """Run the page's Python as it stands against the endpoint."""
    with documented(INVOKE, url) as names:
        return names["english"]("name", "https://example.com/a.mp3")


def test_the_documented_invoke_returns_the_text() -> None:
    with Lambda("Good evening.\n") as fake:
        assert english(fake.url) == "Good evening.\n"
    ((path, event),) = fake.received
    assert path == "/2015-03-31/functions/name/invocations"
    assert TranslationRequest.model_validate(event).response_format is ResponseFormat.TEXT


def test_the_documented_invoke_catches_an_error_by_its_name() -> None:
    error = {"errorType": UnsupportedAudio.__name__, "errorMessage": "This is not audio."}
    with Lambda(error, failed=True) as fake:
        assert english(fake.url) is None


@pytest.mark.parametrize("kind", [InvalidRequest, RateLimited, Internal])
def test_the_documented_invoke_raises_what_the_function_raised(kind: type[ServiceError]) -> None:
    error = {"errorType": kind.__name__, "errorMessage": "temperature: no."}
    with (
        Lambda(error, failed=True) as fake,
        documented(INVOKE, fake.url) as names,
        pytest.raises(names["ServiceError"]) as raised,
    ):
        names["english"]("name", "https://example.com/a.mp3")
    assert str(raised.value) == f"{kind.__name__}: temperature: no."
    assert (type(raised.value).__name__ == kind.__name__) == (kind.__name__ in names["KINDS"])


def test_the_documented_classes_are_classes_of_the_service() -> None:
    with documented(INVOKE, "http://127.0.0.1:9") as names:
        assert set(names["KINDS"]) < {kind.__name__ for kind in classes()}


def test_the_documented_invoke_raises_the_error_of_a_job_that_failed() -> None:
    job = {"id": "7", "status": "failed", "error": {"message": "No credit."}}
    with (
        Lambda(job) as fake,
        documented(INVOKE, fake.url) as names,
        pytest.raises(names["ServiceError"], match=r"^No credit\.$"),
    ):
        names["english"]("name", "https://example.com/a.mp3")


def test_the_documented_client_waits_as_long_as_the_function_may_take() -> None:
    timeout = TEMPLATE["Resources"]["InvokeFunction"]["Properties"]["Timeout"]
    with documented(INVOKE, "http://127.0.0.1:9") as names:
        config = names["client"].meta.config
        assert config.read_timeout > timeout
        assert config.retries["total_max_attempts"] == 1


def test_the_documented_invoke_allows_what_the_stack_prints() -> None:
    (policy,) = re.findall(r"```json\n(.*?)```", INVOKE, re.DOTALL)
    (statement,) = json.loads(policy)["Statement"]
    alias = TEMPLATE["Globals"]["Function"]["AutoPublishAlias"]
    assert TEMPLATE["Outputs"]["InvokeFunctionArn"]["Value"] == {"Ref": "InvokeFunction.Alias"}
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Resource"].endswith(f":function:NAME:{alias}")


def test_the_backfill_needs_the_permissions_that_its_errors_name() -> None:
    page = (REPOSITORY / "docs" / "backfill.md").read_text()
    (policy,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    documented = [statement["Action"] for statement in json.loads(policy)["Statement"]]
    assert sorted(documented) == sorted(needed.split()[0] for needed in PERMISSIONS.values())


def test_the_backfills_values_are_those_of_the_makefile() -> None:
    page = (REPOSITORY / "docs" / "backfill.md").read_text()
    (passed,) = re.findall(r"^_BACKFILL := (.*)$", (REPOSITORY / "Makefile").read_text(), re.M)
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.M)) == set(passed.split())


def test_the_makefile_leaves_run_to_the_operator() -> None:
    """A recipe with it would run nothing, and ignore that: the line would begin with `-m`."""
    assert "$(RUN)" not in (REPOSITORY / "Makefile").read_text()


def test_the_docs_list_the_fields_of_an_upload() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", UPLOADS, re.MULTILINE))
    own = set(UploadRequest.model_fields) - set(TranslationOptions.model_fields)
    assert set(rows) == {UploadRequest.model_fields[name].alias for name in own}
    for name in own:
        field = UploadRequest.model_fields[name]
        assert ("required" in rows[str(field.alias)]) == field.is_required()


def test_the_documented_page_sends_what_the_answer_says() -> None:
    (program,) = re.findall(r"```js\n(.*?)```", UPLOADS, re.DOTALL)
    (names,) = re.findall(r"const \{ (.*?) \} = upload;", program)
    assert set(names.split(", ")) <= set(Upload.model_fields)
    (example,) = re.findall(r"^( +\{\"job\".*?\}\})$", UPLOADS, re.DOTALL | re.MULTILINE)
    shown = json.loads(re.sub(r", \.\.\.", "", example))
    assert set(shown) == set(PreparedUpload.model_fields)
    assert set(shown["upload"]) == set(Upload.model_fields)
    for header in re.findall(r'headers\["(.*?)"\]', program):
        assert header in shown["upload"]["headers"]


def test_the_wishes_for_a_recording_in_s3_are_all_the_options_under_both_names() -> None:
    pairs = re.findall(r"^\| `([a-z-]+)` \| `(\w+)` \| .+ \|$", S3, re.MULTILINE)
    fields = [str(field.alias) for field in TranslationOptions.model_fields.values()]
    assert [name for _, name in pairs] == fields
    assert options_in_metadata({hyphened: hyphened for hyphened, _ in pairs}) == {
        name: hyphened for hyphened, name in pairs
    }


def test_the_wishes_that_are_shown_are_taken() -> None:
    url = "s3://bucket/uploads/a.mp3"
    (metadata,) = re.findall(r"--metadata '(.*?)'", S3)
    (in_file,) = re.findall(r"^echo '(.*?)'", S3, re.MULTILINE)
    for options in (
        options_in_metadata(json.loads(metadata)),
        options_in_file(in_file.encode()),
    ):
        request, formats = requested(url, options, (ResponseFormat.JSON,))
        assert formats == (ResponseFormat.SRT, ResponseFormat.TEXT)
        assert request.prompt == options["prompt"]


def test_the_results_of_a_recording_in_s3_lie_where_it_is_said() -> None:
    rows = re.findall(r"^\| (`(?:uploads|translations)/.+?) \|", S3, re.MULTILINE)
    recording, *results = [name for row in rows for name in re.findall(r"`(.+?)`", row)]
    path = result_path(recording)
    named = {name if name.startswith("translations/") else path + name for name in results}
    extensions = {one.result_extension for one in ResponseFormat} | {"error.json"}
    assert named == {f"{path}.{extension}" for extension in extensions}


def test_an_uploader_may_put_recordings_and_read_translations_and_nothing_else() -> None:
    (policy,) = re.findall(r"```json\n(.*?)```", S3, re.DOTALL)
    statements = json.loads(policy)["Statement"]
    bucket = "arn:aws:s3:::BUCKET"
    assert allows(statements, "s3:PutObject", f"{bucket}/uploads/calls/a.mp3")
    assert allows(statements, "s3:AbortMultipartUpload", f"{bucket}/uploads/calls/a.mp3")
    assert allows(statements, "s3:GetObject", f"{bucket}/translations/calls/a.mp3.vtt")
    assert allows(statements, "s3:ListBucket", bucket, {"s3:prefix": "translations/calls/"})
    assert not allows(statements, "s3:ListBucket", bucket, {"s3:prefix": "jobs/"})
    for action, key in (
        ("s3:GetObject", "uploads/a.mp3"),
        ("s3:GetObject", "jobs/1/result.json"),
        ("s3:PutObject", "translations/a.mp3.json"),
        ("s3:PutObject", "jobs/1/source/a.mp3"),
        ("s3:DeleteObject", "uploads/a.mp3"),
    ):
        assert not allows(statements, action, f"{bucket}/{key}")


def test_the_longest_key_of_a_recording_is_as_long_as_is_said() -> None:
    (longest,) = map(int, re.findall(r"longest key under `uploads/` \| (\d+) bytes", S3))
    key = UPLOAD_FOLDER + "l" * (longest - len(UPLOAD_FOLDER))
    assert has_room_for_results(key)
    assert not has_room_for_results(key + "l")


def test_the_numbers_about_uploads_are_those_of_the_template() -> None:
    resources = TEMPLATE["Resources"]
    for name in ("UploadJobsAtOnce", "MaxJobsAtOnce"):
        assert f"`{name}` ({PARAMETERS[name]['Default']})" in S3
    queue = resources["UploadQueue"]["Properties"]
    assert f"{queue['RedrivePolicy']['maxReceiveCount']} times" in S3
    for name in ("UploadQueue", "LostUploads"):
        assert resources[name]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    # $0.0000133334 for a GB and second.
    job, upload = (resources[name]["Properties"] for name in ("JobFunction", "UploadFunction"))
    assert f"{job['MemorySize'] / 1024:.2f} GB" in S3
    assert f"${job['MemorySize'] / 1024 * 10 * 0.0000133334:.5f} for every 10 seconds" in S3
    sandboxes = upload["Events"]["Recordings"]["Properties"]["ScalingConfig"]["MaximumConcurrency"]
    hour = sandboxes * upload["MemorySize"] / 1024 * 3600 * 0.0000133334
    assert f"{100 * hour:.1f} cents\n  an hour" in S3


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    for link in (link for link in links if "://" not in link):
        path, _, anchor = unquote(link).partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    """Names in backticks that look like paths of this repository."""
    folders = {path.name for path in REPOSITORY.iterdir() if path.is_dir()}
    for name in re.findall(r"`([\w./-]+)`", page.read_text()):
        if name.partition("/")[0] in folders and "/" in name:
            assert (REPOSITORY / name).exists(), name


def test_the_readme_fits_a_few_screens_and_starts_with_a_request() -> None:
    assert len(README.splitlines()) <= 235
    assert README.index("```http") < README.index("make translate") < README.index("sam deploy")
    assert "whisper-1 ends on 2027-02-26" in README
