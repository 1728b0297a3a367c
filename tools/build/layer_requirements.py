"""The media layer's requirements: what uv exports for it, less what the dependencies layer has.

python -m tools.build.layer_requirements MEDIA-EXPORT DEPENDENCIES-EXPORT
"""

import re
import sys
from pathlib import Path


def remaining(export: str, other: str) -> str:
    """Return the requirements of ``export``, hashes and all, that ``other`` does not name."""
    had = {_name(requirement) for requirement in _requirements(other)}
    return "".join(r for r in _requirements(export) if _name(r) not in had)


def _requirements(export: str) -> list[str]:
    """One text each; their hashes are on lines that begin with a space."""
    return re.findall(r"^\S.*\n(?:\s.*\n)*", export, re.MULTILINE)


def _name(requirement: str) -> str:
    return requirement.partition("==")[0]


if __name__ == "__main__":
    sys.stdout.write(remaining(*(Path(path).read_text() for path in sys.argv[1:])))
