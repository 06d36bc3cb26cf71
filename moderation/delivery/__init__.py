"""Bring events to those who listen: the relay, sockets, webhooks and RabbitMQ."""
