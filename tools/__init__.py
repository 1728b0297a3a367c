"""Tools for the repository: builds, and the backfill of a bucket. Never deployed."""

import local  # noqa: F401  it puts functions/ on the path
