"""Files through FFmpeg (PyAV): opened, decoded to samples, and samples encoded."""
