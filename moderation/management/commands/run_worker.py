"""Relay events until stopped, or once."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from moderation.delivery import relay

STOPPING = {signal.SIGTERM, signal.SIGINT}


class Command(BaseCommand):
    help = (
        "Relay stored events: number them, fold the statistics, hand them to sockets and other "
        "sinks, send webhooks, end expired bans. Any number may run: one leads, and another takes "
        "over when it stops."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="relay what is pending, then stop")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["once"]:
            self.run_until_stopped()
            return
        done = relay.run_once()
        if done.leads:
            self.stdout.write(f"{done.numbered} events numbered, {done.sent} sent")
        else:
            self.stdout.write("Another worker leads; nothing to do")
        for path in settings.RELAY_COMPANIONS:
            import_string(f"{path}.run_once")()

    def run_until_stopped(self) -> None:
        # Block the signals before the thread starts: it inherits the mask; only sigwait gets them.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        relay.start_in_process()
        self.stdout.write("Relaying; stop with Ctrl+C")
        self.stdout.flush()
        signal.sigwait(STOPPING)
        relay.stop_in_process()
        self.stdout.write("Stopped")
