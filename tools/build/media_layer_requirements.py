"""The media layer's requirements: those that uv exports for it, without the dependencies layer's.

python -m tools.build.media_layer_requirements MEDIA-EXPORT DEPENDENCIES-EXPORT
"""

import re
import sys
from pathlib import Path


def requirements_without(export: str, other: str) -> str:
    """Return the requirements of ``export``, with their hashes, that ``other`` does not name."""
    named = {_name(requirement) for requirement in _requirements(other)}
    return "".join(r for r in _requirements(export) if _name(r) not in named)


def _requirements(export: str) -> list[str]:
    """Return each requirement as a text: its line, and the indented lines of its hashes."""
    return re.findall(r"^\S.*\n(?:\s.*\n)*", export, re.MULTILINE)


def _name(requirement: str) -> str:
    return requirement.partition("==")[0]


if __name__ == "__main__":
    sys.stdout.write(requirements_without(*(Path(path).read_text() for path in sys.argv[1:])))
