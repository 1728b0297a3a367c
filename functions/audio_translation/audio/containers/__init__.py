"""The containers that are accepted, walked far enough to see that there is sound in them.

One file a family. Each function takes a ``Window`` on the file and the offset at which the
container's first bytes were seen, returns its ``AudioType``, and raises ``UnsupportedAudio`` if it
is damaged or holds no sound.
"""
