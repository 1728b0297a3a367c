#!/usr/bin/env bash
# aws-lambda-powertools 3.37.0, utilities.circuit_breaker, as of 2026-11-28.
#
# Whoever wins the probe of an open circuit is a thread, not a sandbox. With the default of three
# successes to close it, a pool whose calls run in threads of their own never closes it by itself: the
# probe succeeds, its thread ends, and all other threads are refused until the lease is over, which is
# as long as the recovery time-out. Then one more call is let through, and so on: three rounds for three
# successes, and the count of successes begins anew with each winner. A probe that ends with an exception
# that is not to be counted, such as a refusal of one request, does the same: the provider has answered,
# and the circuit stays half open for the whole lease.
#
# Seen: half_open after each of five probes that succeeded in threads of their own (recovery time-out
# 1 s); closed after one with success_threshold=1; half_open, and other threads refused, after a probe
# whose exception is ignored. Exits non-zero if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  "aws-lambda-powertools==3.37.0" "boto3==1.44.5"
cat >"$folder/probe.py" <<'PY'
import threading
import time

from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig, circuit_breaker
from aws_lambda_powertools.utilities.circuit_breaker.exceptions import CircuitBreakerOpenError
from aws_lambda_powertools.utilities.circuit_breaker.persistence import (
    CircuitBreakerPersistenceLayer,
)


class Memory(CircuitBreakerPersistenceLayer):
    """The smallest store: one process, no condition but the one of the election."""

    def __init__(self):
        super().__init__()
        self.records = {}

    def _get_record(self, name):
        return self.records.get(name)

    def _put_record(self, record, condition=None, expected_opened_at=None):
        self.records[record.name] = record

    def _update_record(self, record):
        self.records[record.name] = record


def breaker(name, store, successes):
    config = CircuitBreakerConfig(
        failure_threshold=1,
        recovery_timeout=1,
        success_threshold=successes,
        ignored_exceptions=KeyError,
        local_cache_max_age=0,
    )

    @circuit_breaker(name=name, persistence_store=store, config=config)
    def call(error=None):
        if error:
            raise error
        return "served"

    return call


def in_a_thread(call, *arguments):
    outcome = []

    def run():
        try:
            outcome.append(call(*arguments))
        except Exception as error:
            outcome.append(type(error).__name__)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return outcome[0]


store = Memory()
pooled = breaker("pooled", store, successes=3)
in_a_thread(pooled, ValueError())
states = []
for _ in range(5):
    time.sleep(1.1)
    assert in_a_thread(pooled) == "served"
    states.append(str(store.records["pooled"].state))
print("after each of five probes in threads of their own:", states)
assert states == ["HALF_OPEN"] * 5
assert in_a_thread(pooled) == CircuitBreakerOpenError.__name__

one = breaker("one", store, successes=1)
in_a_thread(one, ValueError())
time.sleep(1.1)
assert in_a_thread(one) == "served"
print("with success_threshold=1:", store.records["one"].state)
assert str(store.records["one"].state) == "CLOSED"

refused = breaker("refused", store, successes=1)
in_a_thread(refused, ValueError())
time.sleep(1.1)
assert in_a_thread(refused, KeyError()) == "KeyError"
print("after a probe with an ignored exception:", store.records["refused"].state)
assert str(store.records["refused"].state) == "HALF_OPEN"
assert in_a_thread(refused) == CircuitBreakerOpenError.__name__
PY
"$folder/venv/bin/python" "$folder/probe.py"
