"""Read JSON strictly: size, encoding, depth, NUL and lone surrogates (CONTRACT section 2)."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from moderation.errors import Invalid

MAX_BODY_BYTES = 1024 * 1024
MAX_DEPTH = 32


class TooLarge(APIException):
    status_code = 413
    default_detail = "The body is larger than this call accepts."
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        view = (parser_context or {}).get("view")
        limit = getattr(view, "max_body_bytes", MAX_BODY_BYTES)
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(f"The body is larger than {limit} bytes.")
        return parse_json(body)


def parse_json(body: bytes) -> Any:
    """Return the parsed body; ParseError for bad JSON, Invalid for text that cannot be stored."""
    try:
        value = json.loads(
            body.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite
        )
    except RecursionError:
        raise _too_deep() from None
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8: {error.reason} at byte {error.start}.") from error
    except ValueError as error:
        raise ParseError(f"The body is not JSON: {error}.") from error
    _check(value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large for a number")
    return number


def _too_deep() -> Invalid:
    return Invalid("body", f"The body is nested more than {MAX_DEPTH} levels deep.")


def _check(value: Any) -> None:
    """Refuse what no database stores, wherever in the body it stands; walks without recursion."""
    waiting: list[tuple[Any, int, str]] = [(value, 1, "body")]
    while waiting:
        item, depth, field = waiting.pop()
        if depth > MAX_DEPTH:
            raise _too_deep()
        if isinstance(item, str):
            check_text(item, field)
        elif isinstance(item, dict):
            for key, inner in item.items():
                name = key if depth == 1 else field
                check_text(key, field)
                waiting.append((inner, depth + 1, name))
        elif isinstance(item, list):
            waiting.extend((inner, depth + 1, field) for inner in item)


def check_text(text: str, field: str) -> None:
    """Raise Invalid if the text holds NUL or a lone surrogate."""
    if "\0" in text:
        raise Invalid(field, "must not contain the character NUL (U+0000).")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Invalid(field, f"holds a lone surrogate at position {error.start}.") from error
