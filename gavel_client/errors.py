"""What a call may raise."""

from typing import Any


class GavelError(Exception):
    """Base of all errors of this package."""


class SettingsError(GavelError, ValueError):
    """The address or the key cannot be used; raised when a client is made."""


class ServerAway(GavelError):
    """No answer came: no connection, a timeout, or a server that cannot answer now."""


class ApiError(GavelError):
    """The server refused the call, or no attempt could bring it there; the text says why."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or f"HTTP {status}"))
        #: The HTTP status, such as 401, 404, 409, 422 or 429; 0 if there was no HTTP answer.
        self.status = status
        #: The whole problem document (RFC 9457).
        self.problem = problem
        #: `{"field", "message", "code"}` for each wrong field.
        self.errors: list[dict[str, str]] = problem.get("errors") or []
