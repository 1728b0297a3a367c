"""`make backfill`: prints what would be queued, and with RUN=1 queues it."""

import argparse
import os
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from tqdm import tqdm

from audio_translation.aws.bucket_keys import is_output
from audio_translation.aws.error_codes import AWS_ERRORS
from local import REPOSITORY
from tools.backfill import Failed
from tools.backfill.aws_error_messages import message_for
from tools.backfill.bucket_listing import BucketListing
from tools.backfill.cost_estimate import CostEstimate
from tools.backfill.deployed_stack import DeployedStack, find_stack
from tools.backfill.find_untranslated import Page, State, find_untranslated
from tools.backfill.progress_file import Progress, ProgressFile
from tools.backfill.upload_queue import UploadQueue, upload_event

_STACK = "audio-translation"
_STATE_FOLDER = REPOSITORY / ".cache" / "backfill"
_USAGE = """make backfill BUCKET=name [PREFIX=calls/] [RUN=1] [RETRY=1] [RESTART=1]
       [STACK=audio-translation | QUEUE=url] [AUDIO_FOLDER=audio] [PRICE_PER_MINUTE=0.006]"""
_CONFIG = Config(
    connect_timeout=10, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 6}
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    try:
        with ExitStack() as opened:
            Backfill(_options(arguments), opened).run()
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    except AWS_ERRORS as error:
        print(message_for(error), file=sys.stderr)
        return 1
    except OSError as error:
        print(f"How far this is cannot be kept: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


class Backfill:
    """One run of the command."""

    def __init__(self, options: argparse.Namespace, opened: ExitStack) -> None:
        """Look up the stack. Raises Failed, or botocore's errors. ``opened`` closes the clients."""
        self._options = options
        self._opened = opened
        self._bucket: str = options.bucket
        self._prefix: str = options.prefix
        # As the AWS CLI does; boto3 reads AWS_DEFAULT_REGION only.
        self._session = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
        if not self._session.region_name:
            raise Failed("No AWS region is set. Set AWS_REGION to the stack's.")
        self._stack = self._find_stack()
        self._listing = BucketListing(self._client("s3"), self._bucket)
        self._sqs = self._client("sqs")
        self._file = ProgressFile(
            options.state_folder,
            bucket=self._bucket,
            prefix=self._prefix,
            queue=self._stack.queue,
            retry=options.retry,
        )

    def run(self) -> None:
        """Print what is there, and queue it if RUN=1."""
        if self._options.restart:
            self._file.delete()
        progress = self._file.read()
        estimate = self._estimated(progress)
        print(f"s3://{self._bucket}/{self._prefix}")
        if progress.after:
            print(
                f"A run was stopped after {progress.queued:,} recordings; this is what comes after"
                f" {progress.after!r}. RESTART=1 begins anew."
            )
        print(*estimate.lines(), sep="\n", flush=True)
        if not self._options.run:
            self._print_command(estimate)
        else:
            self._queue_all(progress, estimate)
            self._file.delete()

    def _client(self, service: Any) -> Any:
        client = self._session.client(service, config=_CONFIG)
        self._opened.callback(client.close)
        return client

    def _find_stack(self) -> DeployedStack:
        options = self._options
        if options.queue:
            stack = DeployedStack(options.queue)
        else:
            stack = find_stack(self._client("cloudformation"), options.stack)
        if stack.buckets and self._bucket not in stack.buckets:
            raise Failed(
                f"The stack {options.stack!r} does not translate what is in {self._bucket!r}, but"
                f" in {' and '.join(stack.buckets)}. Deploy it with UploadBucket={self._bucket}."
            )
        if options.audio_folder:
            stack = stack._replace(audio_folder=options.audio_folder.strip("/"))
        if options.price is not None:
            stack = stack._replace(price_per_minute=options.price)
        if is_output(self._prefix, stack.audio_folder):
            raise Failed(f"Under {self._prefix!r} is what the service wrote; it is not translated.")
        return stack

    def _estimated(self, progress: Progress) -> CostEstimate:
        estimate = CostEstimate(
            retry=self._options.retry, price_per_minute=self._stack.price_per_minute
        )
        with tqdm(desc="Looking", unit=" objects", leave=False) as bar:
            for page in self._pages(progress.after):
                estimate.add(page.states)
                bar.update(len(page.states))
        return estimate

    def _pages(self, after: str) -> Iterator[Page]:
        return find_untranslated(
            self._listing,
            prefix=self._prefix,
            after=after,
            audio_folder=self._stack.audio_folder,
        )

    def _queue_all(self, progress: Progress, estimate: CostEstimate) -> None:
        """Queue page by page. After a kill within a page the next run sends that page again."""
        self._file.write(progress)
        with (
            UploadQueue(self._sqs, self._stack.queue) as queue,
            tqdm(desc="Queueing", total=estimate.recordings, unit=" recordings") as bar,
        ):
            for page in self._pages(progress.after):
                for sent in queue.send(self._events(page, progress.again, estimate.queued)):
                    progress.queued += sent
                    bar.update(sent)
                progress.after = page.last
                self._file.write(progress)
        print(f"{progress.queued:,} recordings are queued.")

    def _events(self, page: Page, again: str, states: set[State]) -> list[str]:
        return [
            upload_event(
                self._bucket,
                key=found.key,
                size=found.size,
                etag=found.etag,
                again=again if state is State.FAILED else None,
            )
            for state, found in page.states
            if state in states
        ]

    def _print_command(self, estimate: CostEstimate) -> None:
        if not estimate.recordings:
            print("There is nothing to queue.")
            return
        given = {
            "BUCKET": self._bucket,
            "PREFIX": self._prefix,
            "QUEUE": self._options.queue,
            "STACK": self._options.stack if self._options.stack != _STACK else "",
            "AUDIO_FOLDER": self._options.audio_folder,
            "RETRY": "1" if self._options.retry else "",
        }
        words = [shlex.quote(f"{name}={value}") for name, value in given.items() if value]
        print("This was a dry run. To queue them:", "", sep="\n")
        print("  make backfill", *words, "RUN=1")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options. Messages name them as `make backfill` does; an empty value is none."""
    parser = argparse.ArgumentParser(prog="make backfill", usage=_USAGE, description=__doc__)
    parser.add_argument("--bucket", type=_bucket, required=True, metavar="BUCKET")
    parser.add_argument("--prefix", type=_text, default="", metavar="PREFIX")
    parser.add_argument("--stack", type=_text, default="", metavar="STACK")
    parser.add_argument("--queue", type=_text, default="", metavar="QUEUE")
    parser.add_argument("--audio-folder", type=_text, default="", metavar="AUDIO_FOLDER")
    parser.add_argument("--price", type=_price, default=None, metavar="PRICE_PER_MINUTE")
    for name in ("run", "retry", "restart"):
        parser.add_argument(f"--{name}", type=_switch, default=False, metavar=name.upper())
    parser.add_argument("--state-folder", type=Path, default=_STATE_FOLDER)
    options = parser.parse_args(arguments)
    options.stack = options.stack or _STACK
    return options


def _bucket(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]", value):
        raise argparse.ArgumentTypeError(
            f"BUCKET is a bucket's name, without s3:// and without a key, not {value!r}"
        )
    return value


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise argparse.ArgumentTypeError(f"{value!r} is not UTF-8") from error
    return value


def _price(value: str) -> float | None:
    try:
        price = float(value) if value else None
    except ValueError:
        price = -1.0
    if price is not None and not 0 <= price < float("inf"):
        raise argparse.ArgumentTypeError(f"a price is a number of dollars, not {value!r}")
    return price


def _switch(value: str) -> bool:
    if value not in ("", "0", "1"):
        raise argparse.ArgumentTypeError(f"it is 1 or nothing, not {value!r}")
    return value == "1"


if __name__ == "__main__":
    sys.exit(main())
