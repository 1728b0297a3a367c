"""A record and its files, signed with a key of the test's own."""

import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FILES = {"result.srt": b"1\nHello\n", "transcript.html": b"<html>", "a.mp3": b"sound"}


def entry(name: str) -> dict[str, Any]:
    return {"name": name, "sha256": hashlib.sha256(FILES[name]).hexdigest()}


def signed(folder: Path, *, prefix: str = "", **changes: Any) -> Path:
    """Write files, record, signature and key; return the record."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    said = {
        "type": "audio-translation-record/1",
        "source": entry("a.mp3"),
        "outputs": [entry("result.srt"), entry("transcript.html")],
        **changes,
    }
    content = json.dumps(said).encode()
    key = ec.generate_private_key(ec.SECP256R1())
    record = folder / f"{prefix}record.json"
    record.write_bytes(content)
    signature = key.sign(content, ec.ECDSA(hashes.SHA256()))
    record.with_name(f"{record.name}.sig").write_bytes(signature)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "key.pem").write_bytes(pem)
    return record
