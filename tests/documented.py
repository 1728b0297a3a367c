"""Code that a page of docs/ shows, run as it stands there."""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from unittest.mock import patch


@contextmanager
def documented(page: str, lambda_url: str) -> Iterator[dict[str, Any]]:
    """Run a page's Python with Lambda at ``lambda_url``; yield the names that it defines."""
    environ = {
        "AWS_ENDPOINT_URL_LAMBDA": lambda_url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    with patch.dict(os.environ, environ):
        exec(compile(program, "docs", "exec"), names)
        with closing(names["client"]):
            yield names
