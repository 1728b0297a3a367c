"""Audio for tests: tones, media files of all kinds, long files, recordings of people."""
