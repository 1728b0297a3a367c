"""`make backfill`: queues every untranslated recording of a bucket."""


class Failed(Exception):
    """The backfill cannot go on; the message says why and what to do."""
