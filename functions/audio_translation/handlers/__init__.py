"""One file per Lambda, named after what wakes it."""

import audio_translation.wiring  # noqa: F401  it must come before the packages that it makes lazy
