#!/bin/sh
# Install uv into a virtual environment: install_uv.sh PYTHON VERSION FOLDER
# Debian's python3 comes without ensurepip; where we may, we install what is missing.
set -eu
python=$1 version=$2 folder=$3

fail() {
    echo "$1" >&2
    exit 1
}

if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))')
    advice="Python has no venv. Install it, then try again: sudo apt-get install $package"
    command -v apt-get >/dev/null || fail "$advice"
    if [ "$(id -u)" = 0 ]; then sudo=; else sudo="sudo -n"; fi
    echo "Installing $package ..." >&2
    { $sudo apt-get install -qq -y "$package" || { $sudo apt-get update -qq && $sudo apt-get install -qq -y "$package"; }; } \
        >/dev/null 2>&1 || fail "$advice"
fi

rm -rf "$folder"
"$python" -m venv "$folder" >&2
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$version" >&2
