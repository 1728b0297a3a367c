"""What `sam publish` would send, by SAM's own reading of the template."""

import json
import subprocess
import tomllib
from typing import Any

from audio_translation.handlers.http import app
from local import REPOSITORY

_REQUEST = """
import json
from samcli.vendor.serverlessrepo import publish
from samcli.vendor.serverlessrepo.parser import get_app_metadata, parse_template
template = parse_template(open("template.yaml").read())
print(json.dumps(publish._create_application_request(get_app_metadata(template), "body")))
"""


def sent() -> dict[str, Any]:
    ran = subprocess.run(
        [REPOSITORY / ".venv-sam" / "bin" / "python", "-c", _REQUEST],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    request: dict[str, Any] = json.loads(ran.stdout)
    return request


def test_sam_accepts_the_metadata_and_the_version_is_that_of_the_project() -> None:
    request = sent()
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert request["SemanticVersion"] == project["version"]
    assert request["SpdxLicenseId"] == project["license"]
    assert app.openapi_config.version == project["version"]
    assert len(request["Description"]) <= 256
    assert len(request["Labels"]) <= 10
    for file in ("LicenseUrl", "ReadmeUrl"):
        assert (REPOSITORY / request[file]).is_file()
