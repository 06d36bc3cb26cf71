"""Try a text: show the verdict it would get, without storing it."""

import json
import shlex

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from moderation.engine.verdict.policy import PRESETS
from moderation.lib.languages import figure
from moderation.pages.shell import PageContext, ProjectPage
from moderation.pipeline.answers import analysis_of
from moderation.pipeline.submission import MAX_CONTENT_LENGTH
from moderation.pipeline.what_if import WhatIf, try_text

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
    """GET, POST /p/{slug}/try; the text is posted to keep it out of URLs and access logs."""

    action = "check"
    place = "Try a text"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.render("moderation/try.html", self.form_context({"text": "", "preset": ""}))

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "") for name in ("text", "preset", "history")}
        text = typed["text"] = typed["text"].replace("\r\n", "\n")
        error = ""
        if not text.strip():
            error = _("Type or paste a text first.")
        elif len(text) > MAX_CONTENT_LENGTH:
            error = _("At most {max_content_length} characters; this text has {count}.").format(
                max_content_length=figure(MAX_CONTENT_LENGTH), count=figure(len(text))
            )
        elif "\0" in text:
            error = _("The text contains a NUL character, which Gavel does not accept.")
        context = self.form_context({**typed, "error": error})
        if not error:
            context |= self.verdict_context(typed)
        status = 422 if error else 200
        if self.wants_piece:
            return self.piece("moderation/_trial.html", context, status)
        answer = self.render("moderation/try.html", context, status)
        patch_cache_control(answer, no_store=True)
        return answer

    def form_context(self, typed: dict[str, str]) -> PageContext:
        return {
            "typed": typed,
            "presets": list(PRESETS),
            "policy_version": self.project.policy_version,
            "examples": EXAMPLES,
            "most": figure(MAX_CONTENT_LENGTH),
            "is_revealed": True,
        }

    def verdict_context(self, typed: dict[str, str]) -> PageContext:
        trial = try_text(
            self.project,
            typed["text"],
            preset=typed["preset"],
            has_history=typed["history"] == "repeat",
        )
        answer = {**analysis_of(trial.judgement), "verdict": str(trial.verdict.kind)}
        limits = trial.policy.thresholds
        return {
            "trial": trial,
            "took_ms": trial.judgement.took * 1000,
            "findings": findings_of(trial),
            "thresholds": [("warn", limits.warn), ("flag", limits.flag), ("block", limits.block)],
            "answer": json.dumps(answer, indent=1, ensure_ascii=False),
            "curl": self.curl(typed["text"]),
        }

    def curl(self, text: str) -> str:
        """Return the same request as a command; the reader puts in the key."""
        url = self.request.build_absolute_uri("/api/v1/moderation/analyze")
        body = shlex.quote(json.dumps({"text": text}, ensure_ascii=False))
        headers = "-H 'Content-Type: application/json' -H \"X-API-Key: $GAVEL_KEY\""
        return f"curl -s {url} {headers} -d {body}"


def findings_of(trial: WhatIf) -> list[dict[str, object]]:
    """Return the rows of the table of findings, personal data last."""
    matches = [
        {
            "text": match.text[:80],
            "word": match.word if match.word.casefold() != match.text.casefold() else "",
            "category": str(match.category),
            "source": str(match.source),
            "score": match.score,
        }
        for match in trial.classification.matches
    ]
    return matches + [
        {"text": pii.text[:80], "category": "personal_info", "source": "pii", "type": str(pii.type)}
        for pii in trial.classification.pii
    ]
