"""RabbitMQ: external events go out through a topic exchange (docs/rabbitmq.md).

Read in this order: `connection` (names, one way to connect), `publisher` (a connection that is kept
open, confirmed messages), `sink` (the relay's destination), `state` (what health checks say).
"""
