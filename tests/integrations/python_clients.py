"""Run published Python clients of other services against a server; print what they understood.

    .venv-clients/bin/python python_clients.py ADDRESS KEY

Only their address and key are changed; where a client reads them from variables of the environment,
the test sets those. It runs where only requirements-clients.txt is installed.
"""

import json
import sys

import boto3
import litellm
from azure.ai.contentsafety import ContentSafetyClient
from azure.ai.contentsafety.models import AnalyzeTextOptions
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from botocore.exceptions import ClientError
from langchain_classic.chains import OpenAIModerationChain

ADDRESS, KEY = sys.argv[1:]
CALM, RUDE = "Hello world", "I will kill you"


def litellm_call():
    answer = litellm.moderation(input=RUDE, model="omni-moderation-latest")
    result = answer.results[0]
    return [result.flagged, result.categories["violence"], result.category_scores["violence"]]


def langchain_chain():
    chain = OpenAIModerationChain()
    told = [chain.invoke(text)["output"] for text in (CALM, RUDE)]
    try:
        OpenAIModerationChain(error=True).invoke(RUDE)
    except ValueError as error:
        told.append(str(error))
    return told


def azure():
    def analyze(text, key=KEY):
        client = ContentSafetyClient(ADDRESS, AzureKeyCredential(key))
        return client.analyze_text(AnalyzeTextOptions(text=text))

    def refusal(*given):
        try:
            return analyze(*given)
        except HttpResponseError as error:
            return [type(error).__name__, error.status_code, error.error.code]

    found = {str(one.category): one.severity for one in analyze(RUDE).categories_analysis}
    return [found, refusal("x" * 10_001), refusal(CALM, "wrong")]


def comprehend(**credentials):
    client = boto3.client("comprehend", **credentials)
    segments = [{"Text": CALM}, {"Text": RUDE}]
    answer = client.detect_toxic_content(TextSegments=segments, LanguageCode="en")
    return [round(result["Toxicity"], 1) for result in answer["ResultList"]]


def comprehend_refusals():
    told = []
    for key, text in ((KEY, "x" * 10_001), ("wrong", CALM)):
        client = boto3.client("comprehend", aws_access_key_id=key, aws_secret_access_key="any")
        try:
            client.detect_toxic_content(TextSegments=[{"Text": text}], LanguageCode="en")
        except ClientError as error:
            told.append([type(error).__name__, error.response["Error"]["Code"]])
    return told


sys.stdout.write(
    json.dumps(
        {
            "litellm": litellm_call(),
            "langchain": langchain_chain(),
            "azure": azure(),
            "comprehend": comprehend(),
            "comprehend_token": comprehend(
                aws_access_key_id="any", aws_secret_access_key="any", aws_session_token=KEY
            ),
            "comprehend_refusals": comprehend_refusals(),
        }
    )
)
