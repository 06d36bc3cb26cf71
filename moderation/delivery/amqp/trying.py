"""Try the connection: publish one message that no app listens to, and wait for its confirmation."""

import asyncio
import json

from aio_pika import DeliveryMode, ExchangeType, Message
from django.conf import settings

from moderation.accounts.audit import write_audit
from moderation.delivery.amqp.connection import BROKER_ERRORS, EXCHANGE, in_words, open_connection
from moderation.models import Project

#: Not `moderation.…`, which apps bind.
ROUTING_KEY = "gavel.test"
CONFIRM_SECONDS = 5.0


def send_test(project: Project, *, actor: str, exchange: str = EXCHANGE) -> str:
    """Publish a message with the routing key `gavel.test`; return why that failed, or ""."""
    body = {
        "event_type": ROUTING_KEY,
        "data": {"message": f"{actor} tests the connection.", "project_id": project.slug},
        "service": "gavel",
        "version": settings.VERSION,
    }
    error = asyncio.run(_publish(json.dumps(body).encode(), exchange))
    facts = {"name": "rabbitmq", "error": error}
    write_audit(project, actor, "connection.tested", project, facts)
    return error


async def _publish(body: bytes, exchange_name: str) -> str:
    message = Message(
        body, content_type="application/json", delivery_mode=DeliveryMode.NOT_PERSISTENT
    )
    try:
        async with await open_connection("test") as connection:
            channel = await connection.channel()
            exchange = await channel.declare_exchange(
                exchange_name, ExchangeType.TOPIC, durable=True
            )
            async with asyncio.timeout(CONFIRM_SECONDS):
                await exchange.publish(message, ROUTING_KEY, mandatory=False)
    except BROKER_ERRORS as error:
        return in_words(error)
    return ""
