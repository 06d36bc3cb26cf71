"""Perspective's requests and answers, as the API reference describes them."""

from typing import Annotated, NotRequired, TypedDict

from moderation.integrations.compat.perspective.errors import PerspectiveError
from moderation.integrations.compat.perspective.scoring import AttributeScores
from moderation.lib.json_types import JsonObject, Share

#: An object of Google's, whose fields nothing here reads.
Anything = JsonObject


class TextEntry(TypedDict, total=False):
    text: str
    type: Annotated[str, ("enum", ("PLAIN_TEXT", "HTML", "TEXT_TYPE_UNSPECIFIED"))]


class AttributeParameters(TypedDict, total=False):
    scoreType: Annotated[str, ("enum", ("PROBABILITY", "SCORE_TYPE_UNSPECIFIED"))]
    scoreThreshold: Share


class AnalyzeCommentRequest(TypedDict):
    comment: TextEntry
    requestedAttributes: dict[str, AttributeParameters]
    languages: NotRequired[list[str]]
    context: NotRequired[Anything]
    clientToken: NotRequired[str]
    sessionId: NotRequired[str]
    communityId: NotRequired[str]
    doNotStore: NotRequired[bool]
    spanAnnotations: NotRequired[bool]
    dropUnsupportedAttributes: NotRequired[bool]


class AnalyzeCommentAnswer(TypedDict):
    attributeScores: dict[str, AttributeScores]
    languages: list[str]
    detectedLanguages: list[str]
    clientToken: NotRequired[str]


class SuggestedValue(TypedDict):
    value: Share


class SuggestedScores(TypedDict):
    summaryScore: SuggestedValue


class SuggestScoreRequest(TypedDict):
    comment: TextEntry
    attributeScores: dict[str, SuggestedScores]
    languages: NotRequired[list[str]]
    context: NotRequired[Anything]
    clientToken: NotRequired[str]
    sessionId: NotRequired[str]
    communityId: NotRequired[str]


class SuggestScoreAnswer(TypedDict):
    requestedLanguages: list[str]
    detectedLanguages: list[str]
    clientToken: NotRequired[str]


__all__ = [
    "AnalyzeCommentAnswer",
    "AnalyzeCommentRequest",
    "PerspectiveError",
    "SuggestScoreAnswer",
    "SuggestScoreRequest",
]
