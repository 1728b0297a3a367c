"""The types of audio file that are told apart by walking them."""

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

# What ffmpeg decodes and no provider takes. These are not walked: ffmpeg says if they are damaged.
MKV = AudioType("mkv", "video/x-matroska", direct=False)
MOV = AudioType("mov", "video/quicktime", direct=False)
THREE_GP = AudioType("3gp", "video/3gpp", direct=False)
