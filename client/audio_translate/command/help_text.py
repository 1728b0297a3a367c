"""What --help says below the options, as a manual page would."""

from audio_translate.command.exits import TABLE

EPILOG = f"""\b
Where results go:
  One recording in one format goes to stdout. Several recordings or formats,
  folders and patterns go to files beside the recordings (talk.srt beside
  talk.mp4), those of URLs and pipes into the current folder. -o names the file,
  or a folder for all; -o - is stdout. Names never collide, no file is replaced
  without --overwrite, and a file is there whole or not at all.

\b
Examples:
  audio-translate talk.mp4 -o talk.srt --to de
  audio-translate recordings/ "calls/**/*.wav" -o texts/ --format srt,vtt
  ffmpeg -i talk.mkv -f flac - | audio-translate - > talk.txt
  audio-translate https://example.com/talk.mp3 s3://bucket/call.wav --json
  audio-translate long.mp4 --no-wait        prints the job's id
  audio-translate job ID -o long.srt        fetches it later

\b
Other commands (--help of each says more; ./jobs is a file of such a name):
  job ID...        waits for jobs and writes their texts
  jobs             lists jobs
  cancel ID...     cancels or deletes jobs
  completion SHELL prints what completes this command in bash, zsh or fish

\b
Configuration: options win over the environment, and that over the file.
  AUDIO_TRANSLATE_URL      the service; http://127.0.0.1:8080 if none is named
  AUDIO_TRANSLATE_API_KEY  its key
  AUDIO_TRANSLATE_PROFILE  a part of the file
  AUDIO_TRANSLATE_CONFIG   the file, else audio-translate/config.toml in
                           ~/.config, $XDG_CONFIG_HOME or %APPDATA%. It has url,
                           api_key, defaults of options (to = "de"), the same in
                           [profiles.NAME], and profile = "NAME" for the usual.

\b
Exit status:
{TABLE}
"""
