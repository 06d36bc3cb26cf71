"""The event type, the outbox, the counters and the wake-up of the relay."""
