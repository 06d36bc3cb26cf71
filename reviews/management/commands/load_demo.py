"""Load the demo project."""

import os
from typing import Any

from django.conf import settings

from moderation.management.base import GavelCommand
from reviews.demo.loading import load_demo
from reviews.demo.sign_in import SLUG, sign_in_file

TEXT = "Eres un idiota"


class Command(GavelCommand):
    help = (
        "Load the demo project with people, a key and thirty days of history, and print how to "
        "sign in. The random passwords are in var/demo.json. Running it again changes nothing."
    )

    def run(self, _options: dict[str, Any]) -> None:
        url = f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
        sign_in = load_demo(url)
        socket = f"{url.replace('http', 'ws', 1)}/ws/projects/{SLUG}/?since=0"
        self.stdout.write(f"The project {SLUG} is at {url}/")
        self.stdout.write(f"Sign in as {_account(sign_in)}")
        for person in sign_in.get("people", []):
            self.stdout.write(f"Or as the moderator {_account(person)}")
        self.stdout.write(f"The file {sign_in_file()} has the passwords and a key")
        self.stdout.write(f"Live events: {socket} (header X-API-Key: api_key of the same file)")
        self.stdout.write(f"Try it:\n{_curl(url)}")


def _account(person: dict[str, Any]) -> str:
    """Return a name, with the password on a machine for trying: elsewhere, output is collected."""
    return f"{person['username']}, {person['password']}" if settings.DEBUG else person["username"]


def _curl(url: str) -> str:
    """Return a command that works as printed; if no project is open it reads the key itself."""
    read = f"import json;print(json.load(open('{sign_in_file()}'))['api_key'])"
    key = "" if settings.OPEN_PROJECT == SLUG else f' -H "X-API-Key: $(python3 -c "{read}")"'
    message = f'{{"message_id":"hello-1","user_id":"ana","channel_id":"lobby","content":"{TEXT}"}}'
    kind = " -H 'Content-Type: application/json'"
    return f"curl -s {url}/api/v1/moderation/check{kind}{key} -d '{message}'"
