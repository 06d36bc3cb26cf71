"""The API's reference: the OpenAPI document, and two readers of it."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView


def openapi(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/openapi.json"""
    return HttpResponse(document(), content_type="application/json")


@cache
def document() -> bytes:
    """Return the OpenAPI document, which changes with the code alone."""
    return json.dumps(described(), ensure_ascii=False).encode()


def described() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


class SwaggerView(SpectacularSwaggerSplitView):
    """GET /api/v1/docs"""

    action = None
    url_name = "openapi"


class RedocView(SpectacularRedocView):
    """GET /api/v1/redoc"""

    action = None
    url_name = "openapi"
    template_name = "moderation/redoc.html"
