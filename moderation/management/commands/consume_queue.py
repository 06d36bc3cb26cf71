"""Moderate the messages of a RabbitMQ queue until stopped."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from moderation.integrations.queue_worker import Queues, QueueWorker
from moderation.management.base import GavelCommand


class Command(GavelCommand):
    help = (
        "Read messages from a RabbitMQ queue, moderate each and write its result to another queue. "
        "What can never be accepted goes to a third one with the reason. Any number may run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        names = Queues()
        parser.add_argument("--queue", default=names.messages, help=f"default: {names.messages}")
        parser.add_argument("--results", default=names.results, help=f"default: {names.results}")
        parser.add_argument(
            "--dead-letters", default=names.dead_letters, help=f"default: {names.dead_letters}"
        )

    def run(self, options: dict[str, Any]) -> None:
        if not settings.AMQP_URL:
            raise CommandError("Set AMQP_URL first, such as amqp://user:password@host:5672/.")
        queues = Queues(options["queue"], options["results"], options["dead_letters"])
        asyncio.run(self._work(queues))

    async def _work(self, queues: Queues) -> None:
        worker = QueueWorker(queues)
        for one in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(one, worker.stop)
        self.stdout.write(f"Reading {queues.messages}; stop with Ctrl+C")
        self.stdout.flush()
        await worker.run()
        self.stdout.write(f"Stopped; {worker.done} messages done")
