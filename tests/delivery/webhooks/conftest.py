"""A receiver on this machine, and leave to call it. Django is imported inside: it is not ready."""

import pytest

from tests.delivery.webhooks.receiver import receiving


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving() as found:
        yield found
