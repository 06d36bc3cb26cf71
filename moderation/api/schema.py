"""The OpenAPI document, built from the views, their serializers and the types of answers."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints
from typing import is_typeddict as is_shape

from django.conf import settings
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import (
    build_basic_type,
    build_bearer_security_scheme_object,
    build_object_type,
)
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import Direction, OpenApiParameter

from moderation.accounts.permissions import PERMISSIONS
from moderation.api.errors import MEDIA_TYPE
from moderation.api.pagination import MAX_LIMIT
from moderation.api.permissions import action_of
from moderation.api.shapes.words import Problem

Schema = dict[str, Any]

#: The errors that an operation may answer with.
ALWAYS = {
    400: "Bad request",
    404: "Does not exist, or belongs to another project",
    405: "Method not allowed",
    429: "Too many calls; wait as long as `Retry-After` says",
    503: "The database is away or its disk is full; try again after `Retry-After`",
}
FOR_CALLERS = {401: "No key, or a wrong one", 403: "Your scope or role does not allow this"}
FOR_FIELDS = {422: "A field is invalid; `errors` names it"}
FOR_BODIES = {409: "Conflict", 413: "Too large", 415: "Media type not supported"}


@dataclass(frozen=True)
class ErrorStyle:
    """How a view answers errors; other services' endpoints have their services' ways."""

    shape: Any
    media_type: str = "application/json"
    #: Statuses that the endpoint never answers with.
    never: frozenset[int] = frozenset()
    #: An example by status.
    examples: Mapping[int, Any] = field(default_factory=dict)


NATIVE_ERRORS = ErrorStyle(Problem, MEDIA_TYPE)


class NativeSchema(AutoSchema):
    """One operation: what its view declares, with the errors that every call may get."""

    view: Any

    def _is_list_view(self, serializer: Any = None) -> bool:
        # Spectacular looks at `action`, which here names a permission.
        return self.method == "GET" and getattr(self.view, "pagination_class", None) is not None

    def get_operation_id(self) -> str:
        """Name it by the address: `post_moderation_check`, `get_reviews_by_review_id`."""
        parts = self.path.removeprefix("/api/v1/").strip("/").split("/")
        words = [f"by_{part[1:-1]}" if part.startswith("{") else part for part in parts]
        return re.sub(r"\W+", "_", "_".join([self.method.lower(), *words]))

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", self.path.removeprefix("/api/v1/").split("/")[0])]

    def map_parsers(self) -> list[str]:
        # The parser of other services' endpoints reads JSON under any name.
        return ["application/json" if kind == "*/*" else kind for kind in super().map_parsers()]

    def get_description(self) -> str:  # type: ignore[override] # DRF's own takes the address
        return ""  # a view's docstring only repeats its address

    def get_request_serializer(self) -> Any:
        return None  # a view that takes a body declares it

    def get_filter_backends(self) -> list[Any]:
        if filters := getattr(self.view, "filterset_class", None):
            # The schema has no caller, so no project whose rows could be read.
            self.view.get_queryset = filters._meta.model.objects.none
        return list(super().get_filter_backends())

    def get_auth(self) -> list[dict[str, Any]]:
        action = action_of(self.view, self.method)
        if action is None:
            return [{}]
        # The empty way is the open project's.
        ways: list[dict[str, Any]] = super().get_auth()
        return ways if PERMISSIONS[action].is_open else [way for way in ways if way]

    def _get_response_bodies(self, direction: Direction = "response") -> Schema:
        bodies: Schema = super()._get_response_bodies(direction)
        style: ErrorStyle = getattr(self.view, "error_style", NATIVE_ERRORS)
        error = self.resolve_serializer(style.shape, "response").ref
        for_callers = FOR_CALLERS if action_of(self.view, self.method) else {}
        for_bodies = {} if self.method == "GET" else FOR_BODIES
        errors = {**ALWAYS, **for_callers, **FOR_FIELDS, **for_bodies}
        for status, description in errors.items():
            if status in style.never:
                continue
            body = bodies.setdefault(str(status), {"content": {}, "description": description})
            content = {"schema": error}
            if status in style.examples:
                content["examples"] = {"error": {"value": style.examples[status]}}
            # A status may have a body of its own beside the error.
            body["content"].setdefault(style.media_type, content)
        return bodies


def without_repetition(endpoints: list[Any], **_: Any) -> list[Any]:
    """Leave out the reference itself, and second addresses of other services' endpoints."""
    own = ("/api/v1/docs", "/api/v1/redoc", "/api/v1/openapi.json", "/comprehend")
    return [
        one for one in endpoints if not one[0].startswith("/perspective/") and one[0] not in own
    ]


def with_dollar(result: Schema, **_: Any) -> Schema:
    """Give the discovery document its address back: Spectacular takes `$` for a pattern's end."""
    paths = result["paths"]
    result["paths"] = {path.replace("/discovery/", "/$discovery/"): paths[path] for path in paths}
    return result


def defaults_in_words(result: Schema, **_: Any) -> Schema:
    """Say a field's default in its description instead.

    Generators of clients take a field with a default for one that is always there, and so demand it
    in a request.
    """
    for schema in result["components"]["schemas"].values():
        for field_schema in schema.get("properties", {}).values():
            # A field that may be blank or null has its default in one of its variants.
            for part in (field_schema, *field_schema.get("oneOf", ())):
                if "default" in part:
                    told = json.dumps(part.pop("default"), ensure_ascii=False)
                    about = f"{field_schema.get('description', '')} By default {told}."
                    field_schema["description"] = about.strip()
    return result


# --- Types of answers


class ShapeExtension(OpenApiSerializerExtension):
    """A TypedDict becomes a component, as a serializer does."""

    @classmethod
    def _matches(cls, target: Any) -> bool:
        return is_shape(target)

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        name: str = self.target.__name__
        return name

    def get_identity(self, auto_schema: AutoSchema, direction: Direction) -> Any:
        return self.target

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        hints = get_type_hints(self.target, include_extras=True)
        properties = {name: schema_of(hint, auto_schema) for name, hint in hints.items()}
        required = sorted(self.target.__required_keys__)
        doc = self.target.__doc__ or ""
        # A TypedDict without a docstring has that of dict.
        description = doc if doc != dict.__doc__ else ""
        built: Schema = build_object_type(properties, required=required, description=description)
        return built


def schema_of(hint: Any, auto_schema: AutoSchema) -> Schema:
    """Return the schema of a field's type."""
    if is_shape(hint):
        reference: Schema = auto_schema.resolve_serializer(hint, "response").ref
        return reference
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is None:
        return {} if hint is Any else dict(build_basic_type(hint) or {})
    return COMPOSED[origin](arguments, auto_schema)


def _union(arguments: tuple[Any, ...], auto_schema: AutoSchema) -> Schema:
    kinds = [schema_of(kind, auto_schema) for kind in arguments if kind is not NoneType]
    if NoneType in arguments:
        kinds.append({"type": "null"})
    return {"anyOf": kinds}


COMPOSED: Mapping[Any, Callable[[tuple[Any, ...], AutoSchema], Schema]] = {
    Annotated: lambda arguments, schema: {
        **schema_of(arguments[0], schema),
        **dict(arguments[1:]),
    },
    Literal: lambda arguments, _: {"type": "string", "enum": list(arguments)},
    NotRequired: lambda arguments, schema: schema_of(arguments[0], schema),
    Union: _union,
    UnionType: _union,
    dict: lambda arguments, schema: {
        "type": "object",
        "additionalProperties": schema_of(arguments[1], schema),
    },
    list: lambda arguments, schema: {"type": "array", "items": schema_of(arguments[0], schema)},
}


# --- Fields and parameters


class MetadataExtension(OpenApiSerializerFieldExtension):
    target_class = "moderation.api.fields.MetadataField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        return {"type": "object", "additionalProperties": {}}


def whole(
    name: str, about: str, *, default: int | None, least: int = 0, most: int = MAX_LIMIT
) -> OpenApiParameter:
    """Describe a whole number in the query, which `bounded` reads."""
    kind: dict[str, Any] = {"type": "integer", "minimum": least, "maximum": most}
    if default is not None:
        kind["default"] = default
    return OpenApiParameter(name, kind, description=about)


def named(name: str, about: str, *, required: bool = False) -> OpenApiParameter:
    """Describe a text in the query."""
    return OpenApiParameter(name, OpenApiTypes.STR, description=about, required=required)


def moment(name: str, about: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.DATETIME, description=about)


LIMIT = whole("limit", "How many rows", default=50, least=1)


# --- Authentication


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "moderation.api.authentication.KeyAuthentication"
    name = ["apiKey", "bearer"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[Schema]:
        key = {"type": "apiKey", "in": "header", "name": "X-API-Key"}
        return [key, build_bearer_security_scheme_object("Authorization", "Bearer")]


class ChatTokenScheme(OpenApiAuthenticationExtension):
    target_class = "moderation.api.authentication.ChatTokenAuthentication"
    name = "chatToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        return build_bearer_security_scheme_object("Authorization", "Bearer")


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "moderation.api.authentication.MemberSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class OpenProjectScheme(OpenApiAuthenticationExtension):
    """Without a key, where `OPEN_PROJECT` is set."""

    target_class = "moderation.api.authentication.OpenProjectAuthentication"
    name: list[str] = []

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[Any]]:
        return {}

    def get_security_definition(self, auto_schema: AutoSchema) -> list[Schema]:
        return []
