"""The audio types that the parsers of containers return."""

from audio_translation.audio.audio_file import AudioType

FLAC = AudioType("flac", "audio/flac")
M4A = AudioType("m4a", "audio/mp4")
MP3 = AudioType("mp3", "audio/mpeg")
MP4 = AudioType("mp4", "video/mp4")
MPEG = AudioType("mpeg", "video/mpeg")
MPGA = AudioType("mpga", "audio/mpeg")
OGG = AudioType("ogg", "audio/ogg")
WAV = AudioType("wav", "audio/wav")
WEBM = AudioType("webm", "audio/webm")

# No provider accepts these; ffmpeg decodes them. Their tracks are not parsed: ffmpeg finds damage.
MKV = AudioType("mkv", "video/x-matroska", direct=False)
MOV = AudioType("mov", "video/quicktime", direct=False)
THREE_GP = AudioType("3gp", "video/3gpp", direct=False)
