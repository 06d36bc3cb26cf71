"""Tell the log once that a service is away and once that it is back, however often it is asked."""

import logging


class Outage:
    """One service's; safe to share between threads: at worst a line comes twice."""

    def __init__(self, service: str, logger: logging.Logger) -> None:
        self._service = service
        self._logger = logger
        self._is_on = False

    def note(self, error: Exception, consequence: str) -> None:
        """Call it at each failure; consequence: what people miss meanwhile."""
        if not self._is_on:
            self._is_on = True
            self._logger.error("%s is away: %s", self._service, consequence, exc_info=error)

    def end(self) -> None:
        """Call it after each success."""
        if self._is_on:
            self._is_on = False
            self._logger.warning("%s is back", self._service)
