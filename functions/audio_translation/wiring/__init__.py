"""Which objects each Lambda is made of; the lazy imports."""

from audio_translation.wiring.lazy_packages import import_names_when_asked

LAZY = (
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.utilities.parameters",
    "openai.types",
)
"""Packages whose modules take 0.5 s of a cold start; few are needed."""

import_names_when_asked(*LAZY)  # before anything imports them
