import pytest

from tests.delivery.amqp.broker import URL, Broker, Gate


@pytest.fixture
def broker(settings):
    settings.AMQP_URL = URL
    made = Broker()
    yield made
    made.delete()


@pytest.fixture
def gate(broker, settings, monkeypatch):
    """Return an open gate through which Gavel reaches the broker, soon after it opens."""
    for name in ("FIRST_PAUSE_SECONDS", "LONGEST_PAUSE_SECONDS"):
        monkeypatch.setattr(f"moderation.delivery.amqp.publisher.{name}", 0.05)
    made = Gate()
    settings.AMQP_URL = made.url
    made.open()
    yield made
    made.shut()
