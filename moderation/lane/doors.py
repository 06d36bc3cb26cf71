"""What the lane needs from the doors for other services' clients, which it must not import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.models import Project

#: An answer's document and the headers that only such answers have.
Scored = tuple[Any, Mapping[str, str]]


@dataclass(frozen=True)
class Door:
    """A call that scores what it gets and stores nothing."""

    #: Takes the body's document; None, or any error of the API's, if Django should answer.
    score: Callable[[Any, Project], Scored | None]
    #: Whether its clients may send the key as `?key=K` or `X-Goog-Api-Key: K`.
    takes_shown_key: bool = False
