"""Calls of Perspective's endpoint, for the tests of its parts."""

from django.test import Client


def analyze(key, text, *names, **fields):
    """Return the response to a request for these attributes, TOXICITY by default."""
    body = {
        "comment": {"text": text},
        "requestedAttributes": {name: {} for name in names or ("TOXICITY",)},
        **fields,
    }
    address = f"/v1alpha1/comments:analyze?key={key}"
    return Client().post(address, body, content_type="application/json")


def scores(key, text, *names, **fields):
    """Return each attribute's summary score."""
    response = analyze(key, text, *names, **fields)
    assert response.status_code == 200, response.content
    found = response.json()["attributeScores"]
    return {name: found[name]["summaryScore"]["value"] for name in found}


def error_of(response):
    return response.json()["error"]
