"""The service on one machine, without an account, a key or a container. Never deployed."""

import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

# The service is not installed: in Lambda its folder is the root of the code. Here too.
if str(REPOSITORY / "functions") not in sys.path:
    sys.path.insert(0, str(REPOSITORY / "functions"))

# ONNX Runtime, which tells Whisper where speech is, reports its use to its maker unless it is
# told not to before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
