"""What an operator is told of a bucket before anything is queued."""

import pytest

from tools.backfill.bucket_listing import Object
from tools.backfill.cost_estimate import CostEstimate
from tools.backfill.find_untranslated import State


def test_the_estimate_says_what_is_there_and_what_it_costs() -> None:
    estimate = CostEstimate(retry=False, price_per_minute=0.006)
    hour = 96_000 // 8 * 3600
    estimate.add([(State.UNTRANSLATED, Object(f"{n}.mp3", hour)) for n in range(1500)])
    estimate.add([(State.TRANSLATED, Object("b.mp3", hour)), (State.OTHER, Object("c.pdf", 1))])
    estimate.add([(State.FAILED, Object("d.wav", hour)), (State.EMPTY, Object("e.wav"))])

    assert list(estimate.lines()) == [
        "      1,500  untranslated",
        "          1  translated",
        "          1  failed before (RETRY=1 queues them, too)",
        "          1  empty",
        "          1  no audio by name (.pdf)",
        "To be queued, with lengths guessed from sizes:",
        "      1,500  .mp3, 64.8 GB, about 1,500 h at 96 kbit/s",
        "1,500 recordings, 64.8 GB, about 1,500 h of audio: about $540.00 at $0.006 a minute.",
    ]
    assert estimate.looked_at == 1504


def test_the_estimate_counts_failed_recordings_when_they_are_queued() -> None:
    estimate = CostEstimate(retry=True, price_per_minute=0.006)
    estimate.add([(State.FAILED, Object("d.mp3", 96_000 // 8 * 3600))])
    assert estimate.recordings == 1
    assert estimate.dollars == pytest.approx(0.36)
    assert "          1  failed before" in list(estimate.lines())
