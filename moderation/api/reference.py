"""The API reference: the OpenAPI document, and two pages that show it."""

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView


def openapi(_request: HttpRequest) -> HttpResponse:
    """GET /api/v1/openapi.json"""
    return HttpResponse(document(), content_type="application/json")


@cache
def document() -> bytes:
    """Return the OpenAPI document, which changes only with the code."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return json.dumps(schema, ensure_ascii=False).encode()


class SwaggerView(SpectacularSwaggerSplitView):
    """GET /api/v1/docs"""

    action = None
    url_name = "openapi"


class RedocView(SpectacularRedocView):
    """GET /api/v1/redoc"""

    action = None
    url_name = "openapi"
    template_name = "moderation/redoc.html"
