"""Wake up a thread of this process that waits for work in the database."""

import threading


class Wakeup:
    """For one waiting thread. A notification while it works ends its next wait at once."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def notify(self) -> None:
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a notification; return whether one came in time."""
        was_notified = self._event.wait(seconds)
        self._event.clear()
        return was_notified


#: Other processes poll (moderation/delivery/relay/loop.py).
relay_wakeup = Wakeup()
