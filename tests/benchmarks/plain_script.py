"""The script that one would write in an afternoon; what the service is measured against."""

import io
import os
from typing import Any

import boto3
import openai
import requests


def handler(event: dict[str, Any]) -> str:
    ssm = boto3.client("ssm")
    name = os.environ["API_KEY_PARAMETER"]
    key = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    file = io.BytesIO(requests.get(event["audioFileUrl"], timeout=60).content)
    file.name = "audio.wav"
    client = openai.OpenAI(api_key=key, base_url=os.environ["PROVIDER_BASE_URL"])
    return client.audio.translations.create(file=file, model="whisper-1").text
