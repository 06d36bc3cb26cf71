"""The discovery document, which tells Google's clients the calls and their addresses."""

from typing import Any

from moderation.integrations.compat.perspective.attributes import ATTRIBUTES

Schema = dict[str, Any]


def discovery_document(root: str) -> Schema:
    """Return the document in Google's format (discovery#restDescription, v1).

    root: the base URL of the calls, with a slash at its end.
    """
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "commentanalyzer:v1alpha1",
        "name": "commentanalyzer",
        "version": "v1alpha1",
        "title": "Perspective Comment Analyzer API, answered by Gavel",
        "protocol": "rest",
        "rootUrl": root,
        "servicePath": "",
        "baseUrl": root,
        "batchPath": "batch",
        "parameters": {
            "key": {"type": "string", "location": "query", "description": "API key."},
            "alt": {"type": "string", "location": "query", "default": "json", "enum": ["json"]},
        },
        "resources": {
            "comments": {
                "methods": {
                    "analyze": _method("analyze", "AnalyzeComment"),
                    "suggestscore": _method("suggestscore", "SuggestCommentScore"),
                }
            }
        },
        "schemas": SCHEMAS,
    }


def _method(name: str, message: str) -> Schema:
    path = f"v1alpha1/comments:{name}"
    return {
        "id": f"commentanalyzer.comments.{name}",
        "httpMethod": "POST",
        "path": path,
        "flatPath": path,
        "parameters": {},
        "parameterOrder": [],
        "request": {"$ref": f"{message}Request"},
        "response": {"$ref": f"{message}Response"},
    }


def _object(name: str, **properties: Schema) -> Schema:
    return {"id": name, "type": "object", "properties": properties}


def _ref(name: str) -> Schema:
    return {"$ref": name}


def _map_of(name: str) -> Schema:
    return {"type": "object", "additionalProperties": _ref(name)}


def _list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


STRING: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
FLOAT: Schema = {"type": "number", "format": "float"}
#: UTF-16 code units; the end is exclusive.
OFFSET: Schema = {"type": "integer", "format": "int32"}
COMMON = {
    "comment": _ref("TextEntry"),
    "context": _ref("Context"),
    "languages": _list_of(STRING),
    "clientToken": STRING,
    "sessionId": STRING,
    "communityId": STRING,
}
SCHEMAS = {
    schema["id"]: schema
    for schema in (
        _object("TextEntry", text=STRING, type=STRING),
        _object(
            "ArticleAndParentComment", article=_ref("TextEntry"), parentComment=_ref("TextEntry")
        ),
        _object(
            "Context",
            entries=_list_of(_ref("TextEntry")),
            articleAndParentComment=_ref("ArticleAndParentComment"),
        ),
        _object("AttributeParameters", scoreType=STRING, scoreThreshold=FLOAT),
        _object("Score", value=FLOAT, type=STRING),
        _object("SpanScore", begin=OFFSET, end=OFFSET, score=_ref("Score")),
        _object(
            "AttributeScores", summaryScore=_ref("Score"), spanScores=_list_of(_ref("SpanScore"))
        ),
        _object(
            "AnalyzeCommentRequest",
            **COMMON,
            requestedAttributes={
                **_map_of("AttributeParameters"),
                "description": f"Of {', '.join(ATTRIBUTES)}.",
            },
            doNotStore=BOOLEAN,
            spanAnnotations=BOOLEAN,
            dropUnsupportedAttributes=BOOLEAN,
        ),
        _object(
            "AnalyzeCommentResponse",
            attributeScores=_map_of("AttributeScores"),
            languages=_list_of(STRING),
            detectedLanguages=_list_of(STRING),
            clientToken=STRING,
        ),
        _object("SuggestCommentScoreRequest", **COMMON, attributeScores=_map_of("AttributeScores")),
        _object(
            "SuggestCommentScoreResponse",
            clientToken=STRING,
            requestedLanguages=_list_of(STRING),
            detectedLanguages=_list_of(STRING),
        ),
    )
}
