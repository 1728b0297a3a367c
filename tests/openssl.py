"""OpenSSL's own program, as whoever has nothing of ours checks a signature with it."""

import subprocess
from pathlib import Path


def openssl_verifies(content: bytes, signature: bytes, pem: str, folder: Path) -> bool:
    """Run ``openssl dgst -sha256 -verify`` with these files."""
    files = {"record.json": content, "record.json.sig": signature, "key.pem": pem.encode()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, written in files.items():
        (folder / name).write_bytes(written)
    ran = subprocess.run(
        ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "record.json.sig",
         "record.json"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stdout.strip() in {"Verified OK", "Verification failure"}, ran.stderr
    return ran.returncode == 0
