"""A client of the native API, as a program with a key would use it; its answers are held to the
document."""

from itertools import count

from django.test import Client

from tests.api.described import hold

_numbers = count(1)


def message(content="Hello world", **fields):
    """Return a message of zed in #general with an id of its own."""
    named = {"message_id": f"a{next(_numbers)}", "user_id": "zed", "channel_id": "general"}
    return {**named, "content": content, **fields}


class Api:
    """Calls under /api/v1/ with one key, or with none; also browsers of signed-in people."""

    def __init__(self, key=None, client=None, **headers):
        self.client = client or Client()
        self.headers = {**headers, "X-API-Key": key} if key else headers

    def call(self, method, path, body=None, **headers):
        options = {"data": body, "content_type": "application/json"} if body is not None else {}
        send = getattr(self.client, method.lower())
        address = f"/api/v1/{path}"
        response = send(address, headers={**self.headers, **headers}, **options)
        hold(method, address.partition("?")[0], response)
        return response

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, body, **headers):
        return self.call("POST", path, body, **headers)

    def try_check(self, content="Hello world", **fields):
        return self.post("moderation/check", message(content, **fields))

    def check(self, content="Hello world", **fields):
        """Return the answer to a check, which must be 200."""
        response = self.try_check(content, **fields)
        assert response.status_code == 200, response.content
        return response.json()
