"""What no second attempt cures: a wrong address or key, a text that cannot be sent, failed TLS."""

import ssl
from collections.abc import Iterator
from typing import Any

import httpx

from gavel_client.calls import Call
from gavel_client.errors import ApiError, SettingsError

#: In h11's sentence about an answer that is not HTTP; its others are about lost connections.
NO_HTTP = "illegal"


def check_settings(address: str, key: str) -> None:
    """Raise SettingsError for an address or a key with which no call can be sent."""
    try:
        url = httpx.URL(address)
        is_fine = url.scheme in {"http", "https"} and bool(url.host) and " " not in address
        is_fine = is_fine and (url.port is None or 0 < url.port < 65_536)
        is_fine = is_fine and not url.query and not url.fragment
    except (httpx.InvalidURL, ValueError):
        is_fine = False
    if not is_fine:
        raise SettingsError(
            f"{address!r} is not the address of a server: use one such as https://gavel.example."
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingsError("The key may contain only ASCII letters, digits and signs.")


def check_texts(call: Call[Any]) -> None:
    """Raise the server's ApiError for a text with a lone surrogate, which cannot be sent to it."""
    for field, text in (
        *_texts(call.json, "body"),
        *_texts(dict(call.params or {}), "query"),
        ("path", call.path),
    ):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise _invalid(field, f"contains a lone surrogate at position {error.start}.") from None


def _texts(value: Any, field: str) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[Any, str]] = [(value, field)]
    while waiting:
        item, name = waiting.pop()
        if isinstance(item, str):
            yield name, item
        elif isinstance(item, dict):
            for key, inner in item.items():
                yield from ((name, key),) if isinstance(key, str) else ()
                waiting.append((inner, key if item is value else name))
        elif isinstance(item, list | tuple):
            waiting += [(inner, name) for inner in item]


def _invalid(field: str, message: str) -> ApiError:
    return ApiError(
        422,
        {
            "type": "urn:gavel:problem:invalid",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": f"{field}: {message}",
            "errors": [{"field": field, "message": message, "code": "invalid"}],
        },
    )


def absence(error: httpx.RequestError | httpx.InvalidURL) -> str:
    """Return why the server is away; raise ApiError if another attempt would fail alike."""
    reason = str(error) or type(error).__name__
    if (failure := _tls_failure(error)) is not None:
        raise ApiError(0, {"detail": f"No secure connection to the server: {failure}"}) from error
    if not isinstance(error, httpx.TransportError) or isinstance(
        error, httpx.LocalProtocolError | httpx.UnsupportedProtocol
    ):
        raise ApiError(0, {"detail": f"The call failed: {reason}"}) from error
    if isinstance(error, httpx.RemoteProtocolError) and NO_HTTP in reason:
        raise ApiError(0, {"detail": f"The server does not speak HTTP: {reason}"}) from error
    return reason


def _tls_failure(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        # A connection that ends during the handshake is a server that goes away.
        if isinstance(error, ssl.SSLError) and not isinstance(
            error, ssl.SSLEOFError | ssl.SSLZeroReturnError
        ):
            return error
        error = error.__cause__ or error.__context__
    return None
