"""The process that runs durable executions: the local runner of AWS's durable execution SDK.

python -m local.aws.durable_runner --port 5055 --invoke-api http://127.0.0.1:8093 --store FILE
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from aws_durable_execution_sdk_python_testing.runner import WebRunner, WebRunnerConfig
from aws_durable_execution_sdk_python_testing.stores.base import StoreType
from aws_durable_execution_sdk_python_testing.web.server import WebServiceConfig

from local.aws.template import REGION
from local.end_with_parent import end_with_parent

INVOCATION_SECONDS = 900
"""Lambda's longest time-out, which the job function has."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run executions until this process's stdin is closed."""
    options = _options(arguments)
    end_with_parent(os.dup(sys.stdin.fileno()))
    logging.disable(logging.INFO)
    # boto3 wants credentials, even if only this machine is called: not those of the owner.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    config = WebRunnerConfig(
        WebServiceConfig(host="127.0.0.1", port=options.port, log_level=logging.WARNING),
        lambda_endpoint=options.invoke_api,
        local_runner_endpoint=f"http://127.0.0.1:{options.port}",
        local_runner_region=REGION,
        store_type=StoreType.SQLITE,
        store_path=options.store,
        invocation_timeout_seconds=INVOCATION_SECONDS,
    )
    with WebRunner(config) as runner:
        runner.serve_forever()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.aws.durable_runner", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--invoke-api", required=True, help="URL of Lambda's Invoke API")
    parser.add_argument("--store", required=True, help="SQLite file that keeps the executions")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
