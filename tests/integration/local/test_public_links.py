"""Links are signed for the name by which others reach S3, and S3 answers to that name."""

import subprocess
import sys

import requests

from local import REPOSITORY
from local.public_links import PUBLIC_AWS_URL
from tests.fakes.aws.moto_server import BUCKET, Aws

PROGRAM = """
import os
from local.public_links import sign_links_for
from audio_translation.aws.clients import Clients
sign_links_for(os.environ)
s3 = Clients().s3
named = {"Bucket": os.environ["BUCKET"], "Key": "a b"}
print(s3.generate_presigned_url("get_object", Params=named))
print(s3.list_objects_v2(Bucket=os.environ["BUCKET"])["KeyCount"])
"""


def link_and_count(aws: Aws, public: str) -> tuple[str, str]:
    environ = {**aws.environment, "BUCKET": BUCKET, PUBLIC_AWS_URL: public}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=REPOSITORY,
        env={**environ, "PYTHONPATH": "functions:.", "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    link, count = ran.stdout.split()
    return link, count


def test_links_have_the_public_name_and_calls_go_where_they_went(aws: Aws) -> None:
    aws.client("s3").put_object(Bucket=BUCKET, Key="a b", Body=b"sound")
    public = aws.endpoint.replace("127.0.0.1", "host.docker.internal")

    link, count = link_and_count(aws, public)

    assert link.startswith(f"{public}/{BUCKET}/a%20b?X-Amz-")
    assert int(count) == 1
    host = public.removeprefix("http://")
    found = requests.get(link.replace(public, aws.endpoint), headers={"Host": host}, timeout=60)
    assert (found.status_code, found.content) == (200, b"sound")


def test_without_another_name_nothing_changes(aws: Aws) -> None:
    assert link_and_count(aws, aws.endpoint)[0].startswith(f"{aws.endpoint}/{BUCKET}/")
