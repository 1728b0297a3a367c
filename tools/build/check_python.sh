#!/bin/sh
# Say why a Python does not fit, if it does not: check_python.sh PYTHON
set -eu
python=$1

fail() {
    echo "$1" >&2
    exit 1
}

command -v "$python" >/dev/null ||
    fail "There is no $python. Install Python 3.11, 3.12, 3.13 or 3.14, or say PYTHON=/path/to/python."
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' ||
    fail "$("$python" --version) does not fit: Python 3.11, 3.12, 3.13 or 3.14 is needed. Say PYTHON=/path/to/python."
