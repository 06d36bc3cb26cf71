"""Load the demo project, once."""

import os
from typing import Any

from django.conf import settings

from moderation.management.base import GavelCommand
from reviews.management.demo.loading import load_demo
from reviews.management.demo.sign_in import SLUG, sign_in_file

TEXT = "Eres un idiota"


class Command(GavelCommand):
    help = (
        "Load the demo project with people, a key and thirty days of history, and say how to sign "
        "in. The passwords are random and lie in var/demo.json. Safe to repeat: then nothing "
        "changes."
    )

    def run(self, options: dict[str, Any]) -> None:
        url = f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
        sign_in = load_demo(url)
        socket = f"{url.replace('http', 'ws', 1)}/ws/projects/{SLUG}/?since=0"
        self.stdout.write(f"The project {SLUG} is at {url}/")
        self.stdout.write(f"Sign in as {sign_in['username']}; the password: {sign_in_file()}")
        others = " and ".join(person["username"] for person in sign_in.get("people", []))
        if others:
            self.stdout.write(f"Or as one of the moderators {others}: the same file")
        self.stdout.write(f"Live events: {socket} (header X-API-Key: api_key of the same file)")
        self.stdout.write(f"Try it:\n{_curl(url)}")


def _curl(url: str) -> str:
    """Return a line that works as printed; where no project is open it reads the key itself."""
    read = f"import json;print(json.load(open('{sign_in_file()}'))['api_key'])"
    key = "" if settings.OPEN_PROJECT == SLUG else f' -H "X-API-Key: $(python3 -c "{read}")"'
    message = f'{{"message_id":"hello-1","user_id":"ana","channel_id":"lobby","content":"{TEXT}"}}'
    kind = " -H 'Content-Type: application/json'"
    return f"curl -s {url}/api/v1/moderation/check{kind}{key} -d '{message}'"
