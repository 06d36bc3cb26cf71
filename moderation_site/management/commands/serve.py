"""Serve HTTP and WebSockets."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from moderation_site.server.process import serve

MOST_WORKERS = 256


class Command(BaseCommand):
    help = "Serve HTTP and WebSockets until a signal ends it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        port = os.environ.get("PORT", "").strip() or "8000"
        parser.add_argument("--port", type=int, default=port, help="the port (default: PORT)")
        parser.add_argument(
            "--workers", type=int, default=1, help="processes; more than one needs PostgreSQL"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not 1 <= options["workers"] <= MOST_WORKERS:
            raise CommandError(f"--workers must be from 1 to {MOST_WORKERS}")
        serve(host=options["host"], port=options["port"], workers=options["workers"])
