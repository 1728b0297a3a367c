"""The media layer has only what the dependencies layer has not."""

from tools.build.media_layer_requirements import requirements_without

DEPENDENCIES = """\
boto3==1.2 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
pydantic==2.0 ; python_version < '4' \\
    --hash=sha256:cc
"""
AV = """\
av==18.1.0 \\
    --hash=sha256:dd
"""


def test_what_both_have_is_left_out_with_its_hashes() -> None:
    assert requirements_without(DEPENDENCIES + AV, DEPENDENCIES) == AV
    assert requirements_without(AV + DEPENDENCIES, DEPENDENCIES) == AV


def test_a_name_that_only_begins_alike_stays() -> None:
    assert requirements_without(AV, "av-other==1.0\n") == AV
