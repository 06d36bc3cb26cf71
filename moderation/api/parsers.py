"""Read JSON strictly: size, encoding, depth, NUL and lone surrogates (docs/limits.md, "Sizes")."""

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from moderation.lib.errors import Invalid

MAX_BODY_BYTES = 1024 * 1024
MAX_DEPTH = 32
#: Strings, numbers, lists and objects of a body together. A list takes twenty times its two bytes.
MAX_VALUES = 200_000
#: What may hold text; numbers and constants hold none.
CHECKED = (str, dict, list)
#: Possessive, and without a need for the last quote: otherwise it starts again at each quote of a
#: string that does not end, which takes hours for a body of a mebibyte.
STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
#: NUL and surrogates are in a body only so: as they are, neither JSON nor UTF-8 allows them.
SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class TooLarge(APIException):
    status_code = 413
    default_detail = "The body is larger than this call accepts."
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        _media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        view = (parser_context or {}).get("view")
        limit = getattr(view, "max_body_bytes", MAX_BODY_BYTES)
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(f"The body is larger than {limit} bytes.")
        return parse_json(body)


class AnyTypeJSONParser(StrictJSONParser):
    """For other services' clients, many of which post JSON without its Content-Type."""

    media_type = "*/*"


def parse_json(body: bytes) -> Any:
    """Return the parsed body; ParseError for bad JSON, Invalid for what cannot be stored.

    Python's parser accepts NaN, Infinity and numbers too large for a float; this one does not.
    """

    def refuse_constant(name: str) -> NoReturn:
        raise ValueError(f"{name} is not JSON")

    def finite(text: str) -> float:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(f"{text[:20]} is too large for a number")
        return number

    refuse_many_values(body)
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=refuse_constant, parse_float=finite)
    except RecursionError:
        raise _too_deep() from None
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8: {error.reason} at byte {error.start}.") from error
    except ValueError as error:
        raise ParseError(f"The body is not JSON: {error}.") from error
    if SUSPECT.search(body) or body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        check_storable(value)
    return value


def refuse_many_values(body: bytes) -> None:
    """Raise Invalid for a body with too many values, before any of them takes memory."""
    # The beginning may hold too many, and is read in a part of the time.
    for part in [body] if len(body) <= MAX_BODY_BYTES else [body[:MAX_BODY_BYTES], body]:
        if most_values(part) > MAX_VALUES and most_values(STRING.sub(b"", part)) > MAX_VALUES:
            raise Invalid("body", f"The body has more than {MAX_VALUES:,} values.")


def most_values(body: bytes) -> int:
    """Return how many values a body has at most; signs inside strings count too."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _too_deep() -> Invalid:
    return Invalid("body", f"The body is nested more than {MAX_DEPTH} levels deep.")


def check_storable(value: Any) -> None:
    """Raise Invalid for text that no database stores and for deep nesting; without recursion."""
    waiting: list[tuple[Any, int, str]] = [(value, 1, "body")]
    while waiting:
        item, depth, field = waiting.pop()
        if depth > MAX_DEPTH:
            raise _too_deep()
        if isinstance(item, str):
            check_text(item, field)
        elif isinstance(item, dict):
            for key, inner in item.items():
                check_text(key, field)
                if isinstance(inner, CHECKED):
                    waiting.append((inner, depth + 1, key if depth == 1 else field))
        elif isinstance(item, list):
            waiting += [(inner, depth + 1, field) for inner in item if isinstance(inner, CHECKED)]


def check_text(text: str, field: str) -> None:
    """Raise Invalid if the text contains NUL or a lone surrogate."""
    if "\0" in text:
        raise Invalid(field, "must not contain the character NUL (U+0000).")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Invalid(field, f"contains a lone surrogate at position {error.start}.") from error
