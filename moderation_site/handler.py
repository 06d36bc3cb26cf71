"""Django's handler of HTTP requests, which reads addresses and forms as UTF-8 only."""

from typing import Any

import django
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

from moderation_site.server.bodies import MAX_PAGE_BYTES

FORM = "application/x-www-form-urlencoded"


class Utf8Request(WSGIRequest):
    """A request whose `charset` says nothing.

    Django would decode the query by it, even where it is no encoding of text (hex, rot13), or one
    in which `dry_run` reads differently (utf-16).
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        content_type, parameters = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        parameters.pop("charset", None)
        self.content_type, self.content_params = content_type, parameters

    def _load_post_and_files(self) -> None:
        # Reading such a form takes a hundred times its size, and the check of its CSRF token comes
        # before any sign-in.
        if self.content_type == FORM and int(self.META.get("CONTENT_LENGTH") or 0) > MAX_PAGE_BYTES:
            self._mark_post_parse_error()  # type: ignore[attr-defined]
            raise RequestDataTooBig("The form is too large.")
        super()._load_post_and_files()


class Utf8Handler(WSGIHandler):
    request_class = Utf8Request


def wsgi_application() -> Utf8Handler:
    """Set Django up and return its WSGI application."""
    django.setup(set_prefix=False)
    return Utf8Handler()
