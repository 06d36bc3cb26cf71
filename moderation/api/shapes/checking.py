"""Answers to a batch of checks."""

from typing import TypedDict

from moderation.api.shapes.words import Problem
from moderation.pipeline.shapes import CheckAnswer


class CheckProblem(TypedDict):
    """The error of one message in a batch."""

    message_id: str | None
    error: Problem


class BatchAnswer(TypedDict):
    """One answer or error for each message, in order."""

    results: list[CheckAnswer | CheckProblem]
