"""Parsers of the accepted containers. They read far enough to see that there is an audio track.

One file for each family. Each function takes a ``Window`` on the file and the offset of the
container's first byte, returns the ``AudioType``, and raises ``UnsupportedAudio`` if the container
is truncated, damaged or without an audio track.
"""
