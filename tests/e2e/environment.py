"""What a reader who types a command has in the environment."""

import os


def readers_environment() -> dict[str, str]:
    """The environment without what a make that runs the tests and AWS accounts leave in it."""
    ours = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHONPATH"}
    kept = {n: v for n, v in os.environ.items() if n not in ours and not n.startswith("AWS_")}
    return kept | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
