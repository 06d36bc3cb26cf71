"""Forward calls to the old address while it lives, and record what it answers beside our scores.

docs/moving-from-perspective.md, "Record while Perspective lives"
"""

import fcntl
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings

from moderation.integrations.compat.perspective.parsing import AnalyzeRequest
from moderation.lib.http_client import CallFailed, post
from moderation.lib.json_types import JsonObject

logger = logging.getLogger(__name__)

#: A commenter waits meanwhile.
SECONDS = 3.0
PRIVATE = 0o600


def is_recorded(slug: str) -> bool:
    """Say whether the operator lets this project's comments go to the old address."""
    return bool(settings.PERSPECTIVE_PROXY_URL) and slug in settings.PERSPECTIVE_PROXY_PROJECTS


def forwarded(body: Any) -> JsonObject | None:
    """Return what the old address answers to a client's request; None if it gives no scores."""
    url = f"{settings.PERSPECTIVE_PROXY_URL.rstrip('/')}/comments:analyze"
    key = quote(settings.PERSPECTIVE_PROXY_KEY)
    try:
        answer = post(
            f"{url}?key={key}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            timeout_seconds=SECONDS,
            allowed_hosts=settings.OUTGOING_ALLOW,
        )
        found = json.loads(answer.body)
    except CallFailed as error:
        logger.warning("The old address of Perspective did not answer: %s", error)
        return None
    except ValueError:
        logger.warning("The old address of Perspective answered without JSON")
        return None
    has_scores = isinstance(found, dict) and isinstance(found.get("attributeScores"), dict)
    if answer.status == 200 and has_scores:
        return dict(found)
    logger.warning("The old address of Perspective answered %s without scores", answer.status)
    return None


def record(slug: str, wanted: AnalyzeRequest, theirs: JsonObject, ours: Mapping[str, Any]) -> None:
    """Append one line that `compare` reads to the project's file, which only its owner reads."""
    line = {
        "text": wanted.text,
        "languages": list(wanted.languages),
        "attributeScores": theirs["attributeScores"],
        "ours": {name: score["summaryScore"]["value"] for name, score in ours.items()},
    }
    path = file_of(slug)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        # Long lines of two processes must not run into each other.
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def file_of(slug: str) -> Path:
    return Path(settings.PERSPECTIVE_PROXY_FOLDER) / f"{slug}.jsonl"
