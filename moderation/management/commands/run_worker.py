"""Relay events until stopped, or once."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from moderation import relay

STOPPING = {signal.SIGTERM, signal.SIGINT}


class Command(BaseCommand):
    help = (
        "Relay stored events: number them, fold the statistics, hand them to sockets and other "
        "sinks, send webhooks, end bans that are over. Any number may run; one leads, another "
        "takes over."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="relay what is pending, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self._run_once()
        else:
            self._run()

    def _run_once(self) -> None:
        done = relay.run_once()
        if done.leads:
            self.stdout.write(f"{done.numbered} events numbered, {done.sent} sent")
        else:
            self.stdout.write("Another worker leads; nothing to do")
        for path in settings.RELAY_COMPANIONS:
            import_string(f"{path}.run_once")()

    def _run(self) -> None:
        # Blocked before the thread starts, so that it inherits the mask and only sigwait sees them.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        relay.start_in_process()
        self.stdout.write("Relaying; stop with Ctrl+C")
        self.stdout.flush()
        signal.sigwait(STOPPING)
        relay.stop_in_process()
        self.stdout.write("Stopped")
