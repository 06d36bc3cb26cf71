"""Try a text."""

import json
import shlex

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from moderation.answers import analysis_of
from moderation.engine.policy import PRESETS
from moderation.ingest import MAX_CONTENT_LENGTH
from moderation.pages.shell import ProjectPage
from moderation.trial import Trial, try_text

EXAMPLES = (
    ("en", "Hello world"),
    ("en", "This is damn good"),
    ("en", "You’re a fucking 1d10t"),
    ("es", "Eres un idiota, escríbeme a juan@example.com"),
    ("ur-Latn", "Ye kya bakwas hai"),
    ("en", "THIS IS ALL CAPS"),
    ("en", "+92-300-1234567"),
)


class TryText(ProjectPage):
    """GET, POST /p/{slug}/try; a text is posted, so that it lands in no address or log."""

    action = "check"
    place = "Try a text"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("moderation/try.html", self.form({"text": "", "preset": ""}))

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.POST.get(name, "") for name in ("text", "preset", "history")}
        text = asked["text"].replace("\r\n", "\n")
        error = _error_of(text)
        context = self.form({**asked, "text": text, "error": error})
        if not error:
            context |= self.verdict(text, asked)
        status = 422 if error else 200
        if self.wants_piece:
            return self.piece("moderation/_trial.html", context, status)
        answer = self.render("moderation/try.html", context, status)
        patch_cache_control(answer, no_store=True)
        return answer

    def form(self, asked: dict[str, str]) -> dict[str, object]:
        return {
            "asked": asked,
            "presets": list(PRESETS),
            "policy_version": self.project.policy_version,
            "examples": EXAMPLES,
            "most": f"{MAX_CONTENT_LENGTH:,}",
            "is_revealed": True,
        }

    def verdict(self, text: str, asked: dict[str, str]) -> dict[str, object]:
        trial = try_text(
            self.project,
            text,
            preset=asked["preset"],
            has_history=asked["history"] == "repeat",
        )
        answer = {**analysis_of(trial.judgement), "verdict": str(trial.verdict.kind)}
        return {
            "trial": trial,
            "took_ms": trial.judgement.took * 1000,
            "findings": _findings(trial),
            "thresholds": _thresholds(trial),
            "answer": json.dumps(answer, indent=1, ensure_ascii=False),
            "curl": self.curl(text),
        }

    def curl(self, text: str) -> str:
        """Return a command that asks the same; the key is the reader's to fill in."""
        url = self.request.build_absolute_uri("/api/v1/moderation/analyze")
        body = shlex.quote(json.dumps({"text": text}, ensure_ascii=False))
        headers = "-H 'Content-Type: application/json' -H \"X-API-Key: $GAVEL_KEY\""
        return f"curl -s {url} {headers} -d {body}"


def _error_of(text: str) -> str:
    if not text.strip():
        return "Type or paste a text first."
    if len(text) > MAX_CONTENT_LENGTH:
        return f"At most {MAX_CONTENT_LENGTH:,} characters; this has {len(text):,}."
    return "The text holds a NUL, which nobody can send." if "\0" in text else ""


def _findings(trial: Trial) -> list[dict[str, object]]:
    found = [
        {
            "text": match.text[:80],
            "word": match.word if match.word.casefold() != match.text.casefold() else "",
            "category": str(match.category),
            "source": str(match.source),
            "score": match.score,
        }
        for match in trial.classification.matches
    ]
    return found + [
        {"text": pii.text[:80], "category": "personal_info", "source": "pii", "type": str(pii.type)}
        for pii in trial.classification.pii
    ]


def _thresholds(trial: Trial) -> list[tuple[str, float]]:
    limits = trial.policy.thresholds
    return [("warn", limits.warn), ("flag", limits.flag), ("block", limits.block)]
