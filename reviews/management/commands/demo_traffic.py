"""Send the demo's chat to a running server, as an app would."""

import os
import sys
from argparse import ArgumentTypeError
from random import Random
from typing import Any

from django.core.management import CommandError, CommandParser

from moderation.management.base import GavelCommand, number_from_one
from reviews.demo.sign_in import SLUG, read_sign_in, sign_in_file
from reviews.demo.traffic import Traffic, keep_talking, show_on_terminal

FASTEST = 100.0


class Command(GavelCommand):
    help = (
        "Send a few messages a second to a running server with the demo's key: conversations in "
        "three languages, with occasional bursts, edits and reports. Ctrl+C ends it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", metavar="SLUG", default=SLUG, help="the demo's project")
        parser.add_argument("--per-second", type=_pace, default=3.0, metavar="N")
        parser.add_argument(
            "--seconds", type=number_from_one, metavar="N", help="by default forever"
        )
        parser.add_argument("--url", type=_address, help="where the server is")

    def run(self, options: dict[str, Any]) -> None:
        port = os.environ.get("PORT") or 8000
        url = options["url"] or f"http://127.0.0.1:{port}"
        rng = Random()  # noqa: S311 (believable, not secret)
        sign_in, slug = read_sign_in(), options["project"]
        if sign_in is None:
            raise CommandError(f"{sign_in_file()} is missing or broken; load_demo makes it.")
        if sign_in["project"] != slug:
            raise CommandError(f"{sign_in_file()} is for {sign_in['project']}, not {slug}.")
        traffic = Traffic(url, str(sign_in["api_key"]), rng)
        pace = {"per_second": options["per_second"], "seconds": options["seconds"]}
        try:
            keep_talking(traffic, rng, **pace, say=show_on_terminal)
        except KeyboardInterrupt:
            pass
        finally:
            if traffic.sent and sys.stderr.isatty():
                sys.stderr.write("\n")
        self.stdout.write(str(traffic))


def _pace(text: str) -> float:
    try:
        pace = float(text)
    except ValueError:
        pace = 0
    if not 0 < pace <= FASTEST:
        raise ArgumentTypeError(f"{text!r} is not a number above 0 and up to {FASTEST:g}")
    return pace


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ArgumentTypeError(f"{text!r} does not start with http:// or https://")
    return text.rstrip("/")
