"""Call the API with a key, as an app or a bot would."""

from django.test import Client

from moderation.accounts.keys import create_key


def key_client(project, *scopes, name="a bot"):
    """Return a client whose key has these scopes."""
    key = create_key(project, name=name, scopes=scopes, actor="tests")[1]
    return Client(headers={"X-API-Key": key})


def post(client, path, body=None):
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")
