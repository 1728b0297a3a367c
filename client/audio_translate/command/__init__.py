"""The command ``audio-translate``."""
