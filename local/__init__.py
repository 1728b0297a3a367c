"""The service on one machine, without an account, a key or a container. Never deployed."""

import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

# Lambda finds the package audio_translation in functions/, and so must this machine.
if str(REPOSITORY / "functions") not in sys.path:
    sys.path.insert(0, str(REPOSITORY / "functions"))

# ONNX Runtime, which runs the model that finds speech, sends telemetry to its maker unless this is
# set before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
