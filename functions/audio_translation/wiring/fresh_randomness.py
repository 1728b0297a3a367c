"""Randomness after a restore: all sandboxes of one snapshot begin with the same state.

Python seeds ``random`` when it is imported, and ``tempfile`` names files by a generator that it
makes once in a process. botocore waits a ``random`` time before it asks AWS again. What is drawn
here ourselves comes from the operating system.
Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

import random
import tempfile


def renew_randomness() -> None:
    """Seed Python's generators anew, for ``register_after_restore``."""
    random.seed()
    # typeshed does not know it. tempfile makes the next one when it names a file.
    tempfile._name_sequence = None  # type: ignore[attr-defined]
