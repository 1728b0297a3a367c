"""faster-whisper with a cache of encoded sound, so that the same half minute is encoded once.

faster-whisper 1.2.1 encodes the first half minute twice when no language is given: to detect the
language, and to decode. A recording that is asked for again (transcribe, then translate) is encoded
anew, too. The encoder takes most of the time for a short recording.
"""

import hashlib
import threading
from collections import OrderedDict
from typing import Any

import numpy as np
from faster_whisper import WhisperModel  # type: ignore[import-untyped]

_KEPT = 16
"""Encoded half minutes that are kept: 49 MB with Whisper base, 123 MB with large."""


class CachedEncoderModel(WhisperModel):  # type: ignore[misc]
    """WhisperModel that keeps what it has encoded last; safe to use from several threads."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._encoded: OrderedDict[bytes, Any] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, features: Any) -> Any:
        """Return the encoder's output for mel features of shape (mels, 3000)."""
        key = hashlib.blake2b(np.ascontiguousarray(features).tobytes(), digest_size=16).digest()
        with self._lock:
            if key in self._encoded:
                self._encoded.move_to_end(key)
                return self._encoded[key]
        output = super().encode(features)
        with self._lock:
            self._encoded[key] = output
            while len(self._encoded) > _KEPT:
                self._encoded.popitem(last=False)
        return output

    def detect_language(self, audio: Any = None, features: Any = None, **options: Any) -> Any:
        """Detect the language by the features that are decoded next.

        ``transcribe`` leaves out the last frame of the features, ``detect_language`` does not:
        without that, the two would be encoded separately.
        """
        if features is not None and features.shape[-1] > 1:
            features = features[..., :-1]
        return super().detect_language(audio=audio, features=features, **options)
