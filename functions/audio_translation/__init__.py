"""Translates speech into text and subtitles, to English or another language, on AWS Lambda."""
