"""Speech in any language to English text or subtitles, on AWS Lambda."""
