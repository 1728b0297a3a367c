"""Builds what is deployed, and runs it with the SAM CLI."""


class CannotBuild(Exception):
    """Something that a build needs is missing; the message says what to do."""
