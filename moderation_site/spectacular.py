"""The settings of drf-spectacular, which describes the API."""

from typing import Any


def spectacular_settings(version: str) -> dict[str, Any]:
    return {
        # What most readers look for comes first.
        "TAGS": [{"name": "moderation"}],
        "TITLE": "Gavel",
        "DESCRIPTION": "The moderation desk that communities run themselves.",
        "VERSION": version,
        "OAS_VERSION": "3.1.0",
        "LICENSE": {"name": "MIT"},
        "SCHEMA_PATH_PREFIX": "/api/v1",
        "PREPROCESSING_HOOKS": ["moderation.api.schema.without_repetition"],
        "POSTPROCESSING_HOOKS": [
            "moderation.api.schema.defaults_in_words",
            "moderation.api.schema.with_dollar",
        ],
        "SERVE_INCLUDE_SCHEMA": False,
        "SERVE_PERMISSIONS": [],
        "SERVE_AUTHENTICATION": [],
        "SWAGGER_UI_DIST": "SIDECAR",
        "SWAGGER_UI_FAVICON_HREF": "/static/img/favicon.svg",
        "REDOC_DIST": "SIDECAR",
    }
