#!/usr/bin/env bash
# moto 5.2.5: KMS Sign takes MessageType=DIGEST without an error, but hashes what it is given once more, as
# it does for RAW. Its own Verify does the same and says that the signature is valid, so a test that
# asks moto alone passes; a verifier outside, which has the message and the public key (here
# cryptography, as OpenSSL would), says that it is not. With RAW both agree. Code that signs more
# than 4,096 bytes with a KMS key has to send a digest and cannot be tested against moto end to end.
# Seen:
#   RAW:    moto valid, outside valid
#   DIGEST: moto valid, outside not valid
# Exits non-zero if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "moto[kms]==5.2.5" boto3==1.44.5 cryptography==50.0.2
"$folder/venv/bin/python" - <<'PYTHON'
import hashlib
import os
import sys

os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
import boto3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from moto import mock_aws

MESSAGE = b"what was signed"


def judged(kms, key, message, kind):
    """Return what moto says of its signature, and what a verifier outside does."""
    how = {"KeyId": key, "SigningAlgorithm": "ECDSA_SHA_256", "Message": message, "MessageType": kind}
    signature = kms.sign(**how)["Signature"]
    inside = kms.verify(**how, Signature=signature)["SignatureValid"]
    public = load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    try:
        public.verify(signature, MESSAGE, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return inside, False
    return inside, True


with mock_aws():
    kms = boto3.client("kms", region_name="us-east-1")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    found = {
        "RAW": judged(kms, key, MESSAGE, "RAW"),
        "DIGEST": judged(kms, key, hashlib.sha256(MESSAGE).digest(), "DIGEST"),
    }
for kind, said in found.items():
    words = ["valid" if valid else "not valid" for valid in said]
    print(f"{kind + ':':<8}moto {words[0]}, outside {words[1]}")
sys.exit(0 if found == {"RAW": (True, True), "DIGEST": (True, False)} else 1)
PYTHON
