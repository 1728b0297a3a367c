"""Speech in any language to English (or other) text and subtitles, on AWS Lambda."""
