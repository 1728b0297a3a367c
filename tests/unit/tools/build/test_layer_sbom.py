"""The bill of materials names what the layers carry, and nothing else."""

import importlib.metadata
import json
import re
from typing import Any

import pytest

from local import REPOSITORY
from tools.build.layer_sbom import INSIDE, layer_sbom, licence_of

LAYERS = ("dependencies", "media")
SBOMS = {n: json.loads((REPOSITORY / "layers" / n / "sbom.cdx.json").read_text()) for n in LAYERS}
COMPONENTS = [component for sbom in SBOMS.values() for component in sbom["components"]]
NOTICE = (REPOSITORY / "NOTICE").read_text()


def named(component: dict[str, Any]) -> str:
    return f"{component['name']}=={component['version']}"


@pytest.mark.parametrize("layer", LAYERS)
def test_it_lists_what_the_layer_installs(layer: str) -> None:
    file = REPOSITORY / "layers" / layer / "requirements.txt"
    pinned = re.findall(r"^(\S+==\S+)", file.read_text(), re.MULTILINE)
    listed = [named(one) for one in SBOMS[layer]["components"] if "version" in one]
    assert sorted(listed) == sorted(pinned)


def test_every_package_that_lambda_installs_has_its_licence() -> None:
    without = {c["name"] for c in COMPONENTS if "licenses" not in c}
    assert without <= {"httpx2-jsfetch"}, "which is for browsers alone"


def test_the_licences_are_those_that_the_packages_state() -> None:
    for component in COMPONENTS:
        if "version" in component and "licenses" in component:
            assert licence_of(component["name"]) == component["licenses"][0]["expression"]


def test_what_comes_inside_pyavs_wheel_is_listed() -> None:
    files = importlib.metadata.files("av") or []
    stems = {re.split(r"[-.]", file.name)[0] for file in files if file.parts[0] == "av.libs"}
    of_ffmpeg = {f"lib{part}" for part in ("avcodec", "avdevice", "avfilter", "avformat", "avutil",
                                           "swresample", "swscale")}  # fmt: skip
    other_names = {
        "libasound": "alsa-lib", "libdav1d": "dav1d", "libgmp": "gmp", "libgnutls": "gnutls",
        "libhogweed": "nettle", "libnettle": "nettle", "libmp3lame": "lame", "libopus": "opus",
        "libopencore": "opencore-amr", "libsharpyuv": "libwebp", "libwebpmux": "libwebp",
        "libSvtAv1Enc": "svt-av1", "libx264": "x264", "libx265": "x265", "libXau": "libxcb",
    }  # fmt: skip
    found = {other_names.get(stem, stem) for stem in stems - of_ffmpeg}
    assert stems
    assert found | {"ffmpeg"} == set(INSIDE["av"])


def test_the_notice_names_what_binds_whoever_passes_it_on() -> None:
    for name in ("x264", "x265", "General Public License", "CC BY-SA 3.0", "sbom.cdx.json"):
        assert name in NOTICE


def test_what_differs_from_run_to_run_or_is_elsewhere_is_left_out() -> None:
    def export(*names: str) -> dict[str, Any]:
        return {
            "specVersion": "1.5",
            "serialNumber": "urn:uuid:1",
            "components": [
                {"type": "library", "name": n, "version": "1", "purl": f"pkg:pypi/{n}@1", "x": 1}
                for n in names
            ],
        }

    made = layer_sbom(export("pydantic", "icu4py", "six"), export("six"))
    assert [c["name"] for c in made["components"]] == ["icu", "icu4py", "pydantic"]
    assert "serialNumber" not in made
    assert "x" not in made["components"][1]
