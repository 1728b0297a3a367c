"""What builds the service and fills it with recordings. Run from the repository, never deployed."""

import local  # noqa: F401  it puts functions/ on the path
