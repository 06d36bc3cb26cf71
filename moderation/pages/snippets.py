"""Calls to copy, in curl, Python and JavaScript, each complete with address and key."""

import json
import shlex
from collections.abc import Mapping
from typing import NamedTuple


class Snippet(NamedTuple):
    #: Its name in the page's HTML.
    id: str
    title: str
    text: str


def snippets(url: str, key: str, body: Mapping[str, str] | None) -> list[Snippet]:
    """Return the same call in each language; a call without a body is a GET."""
    return [
        Snippet("curl", "curl", in_curl(url, key, body)),
        Snippet("python", "Python", in_python(url, key, body)),
        Snippet("javascript", "JavaScript", in_javascript(url, key, body)),
    ]


def in_curl(url: str, key: str, body: Mapping[str, str] | None) -> str:
    call = f"curl -s {shlex.quote(url)} -H {shlex.quote(f'X-API-Key: {key}')}"
    if body is None:
        return call
    return f"{call} -H 'Content-Type: application/json' -d {shlex.quote(json.dumps(body))}"


def in_python(url: str, key: str, body: Mapping[str, str] | None) -> str:
    headers = {"X-API-Key": key, **({"Content-Type": "application/json"} if body else {})}
    arguments = [repr(url), f"headers={headers!r}"]
    if body is not None:
        arguments.insert(1, f"data=json.dumps({dict(body)!r}).encode()")
    lines = ",\n    ".join(arguments)
    return (
        "import json\nimport urllib.request\n\n"
        f"request = urllib.request.Request(\n    {lines},\n)\n"
        "with urllib.request.urlopen(request) as answer:\n    print(json.load(answer))"
    )


def in_javascript(url: str, key: str, body: Mapping[str, str] | None) -> str:
    headers = {"X-API-Key": key, **({"Content-Type": "application/json"} if body else {})}
    options = [f"headers: {json.dumps(headers)}"]
    if body is not None:
        options = ['method: "POST"', *options, f"body: JSON.stringify({json.dumps(body)})"]
    lines = ",\n    ".join(options)
    return (
        f"fetch({json.dumps(url)}, {{\n    {lines},\n"
        "}).then((answer) => answer.json()).then(console.log);"
    )
