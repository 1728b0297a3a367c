"""The types agree with each other and with what callers are told."""

from audio_translation.audio.audio_file import AudioType
from audio_translation.audio.containers import type_constants
from audio_translation.audio.containers.window import refused

TYPES = [kind for kind in vars(type_constants).values() if isinstance(kind, AudioType)]


def test_what_is_said_to_be_accepted_is_known() -> None:
    told = refused("").message.partition("plays: ")[2].partition(" and ")[0]
    assert set(told.split(", ")) <= {kind.extension for kind in TYPES}


def test_no_two_types_share_an_extension_and_each_has_a_media_type_of_sound_or_film() -> None:
    assert len({kind.extension for kind in TYPES}) == len(TYPES) > 10
    assert {kind.mime.partition("/")[0] for kind in TYPES} == {"audio", "video"}
