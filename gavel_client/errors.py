"""What a call may raise."""

from typing import Any


class GavelError(Exception):
    """Base of all errors of this package."""


class ServerAway(GavelError):
    """No answer came: no connection, a timeout, or a server that cannot answer now."""


class ApiError(GavelError):
    """The server refused the call; the text is a sentence of the server's."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or f"HTTP {status}"))
        #: The HTTP status, such as 401, 404, 409, 422 or 429.
        self.status = status
        #: The whole problem document (RFC 9457).
        self.problem = problem
        #: `{"field", "message", "code"}` for each wrong field.
        self.errors: list[dict[str, str]] = problem.get("errors") or []
