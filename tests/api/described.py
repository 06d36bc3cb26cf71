"""Hold an answer of the native API to what its document says of it."""

import json
import re
from functools import cache

from jsonschema_rs import Draft202012Validator

from moderation.api.reference import document

#: Some problems carry further fields, such as `claimed_by`.
OPEN_SHAPES = {"Problem"}


@cache
def described():
    """Return the document; no answer's shape allows more than it names."""
    found = json.loads(document())
    for name, schema in found["components"]["schemas"].items():
        if schema.get("properties") and name not in OPEN_SHAPES:
            schema.setdefault("additionalProperties", False)
    return found


@cache
def addresses():
    """Return the addresses, those without a variable first: pattern → operations by method."""
    paths = sorted(described()["paths"].items(), key=lambda item: item[0].count("{"))
    return [
        (re.compile(re.sub(r"\\?\{[^}]*\}", "[^/]+", re.escape(path))), of) for path, of in paths
    ]


@cache
def validator(kept):
    schema = {**json.loads(kept), "components": described()["components"]}
    return Draft202012Validator(schema, validate_formats=True)


def hold(method, path, response):
    """Fail if the status or the body is none that the document tells of this call."""
    operations = next((of for pattern, of in addresses() if pattern.fullmatch(path)), {})
    operation = operations.get(method.lower())
    if operation is None:
        return
    told = operation["responses"].get(str(response.status_code))
    assert told, f"{method} {path} answers {response.status_code}, which is not described"
    kinds = told.get("content", {})
    kind = response.get("Content-Type", "")
    assert not kinds or kind in kinds, f"{method} {path} answers in {kind}"
    if "json" in kind and kind in kinds and not response.streaming:
        errors = validator(json.dumps(kinds[kind]["schema"])).iter_errors(response.json())
        found = [f"{error.instance_path}: {error.message}"[:300] for error in errors]
        assert not found, f"{method} {path} answers what is not described: {found}"
