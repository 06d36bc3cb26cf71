"""Connections to RabbitMQ that fail."""

import asyncio
import gc
import threading

import aio_pika
import pytest

from moderation.delivery.amqp.connection import BROKER_ERRORS, open_connection


def test_a_connection_that_failed_is_closed_before_it_is_collected(settings, monkeypatch, gate):
    """Otherwise its collection in another thread starts a close that nothing awaits."""
    settings.AMQP_URL = gate.url
    gate.shut()
    failed = []
    made = aio_pika.Connection.connect

    def remembered(self, *args, **options):
        failed.append(self)
        return made(self, *args, **options)

    monkeypatch.setattr(aio_pika.Connection, "connect", remembered)

    async def fail():
        with pytest.raises(BROKER_ERRORS):
            await open_connection("test")
        assert failed[0].is_closed
        failed.clear()
        collecting = threading.Thread(target=gc.collect)
        collecting.start()
        await asyncio.to_thread(collecting.join)

    asyncio.run(fail())
