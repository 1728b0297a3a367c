"""One loaded model, and one provider with it, for all tests of this folder."""

import os
from collections.abc import Iterator

import openai
import pytest

from local.provider.server import create_app
from local.provider.whisper_model import Whisper
from local.provider.whisper_weights import model_to_load
from tests.fakes.asgi_server import running_app


@pytest.fixture(scope="package")
def whisper() -> Whisper:
    return Whisper(model_to_load(os.environ))


@pytest.fixture(scope="package")
def url(whisper: Whisper) -> Iterator[str]:
    with running_app(create_app(whisper)) as url:
        yield f"{url}/v1"


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="any", base_url=url, max_retries=0) as client:
        yield client
