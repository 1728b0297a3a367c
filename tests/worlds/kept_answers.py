"""Whether the worlds answer from what is kept: not unless a test asks for it.

Tests send the same recording again and again, with the provider scripted anew each time, and count
its calls. Answers that were kept for an earlier test would hide what they are about. So all worlds
have `KEEP_ANSWERS` off, deliberately; what is about kept answers has it on: `with_jobs(**KEPT)`.
Deployed, it is on.
"""

NONE_KEPT = {"KEEP_ANSWERS": "off"}
KEPT = {"KEEP_ANSWERS": "on"}
