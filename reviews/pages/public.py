"""An author's pages, without an account: the reasons for a restriction, and their appeal."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from moderation.lib.errors import GavelError
from moderation.lib.signed_links import (
    LinkOver,
    SubjectKind,
    appeal_path,
    read_token,
    statement_path,
)
from moderation.models import Ban, ModerationLog
from moderation.pages.secret import SecretPage
from moderation.pages.shell import PageContext
from reviews.appeals import ask
from reviews.appeals.ask import LONGEST_STATEMENT, appeal_of_token, newest_appeal, subject_of
from reviews.appeals.author_texts import LANGUAGES, WORDS, Words, known_language
from reviews.appeals.statement_of_reasons import (
    Statement,
    database_fields,
    day,
    decider_in_words,
    facts_in_words,
    ground_in_words,
    measures_in_words,
    statement_of,
)
from reviews.models import Appeal, AppealStatus


@dataclass(frozen=True)
class Letter:
    """What a link shows: a restriction, its statement of reasons, and the newest appeal."""

    subject: ModerationLog | Ban
    statement: Statement
    appeal: Appeal | None

    @property
    def may_ask(self) -> bool:
        """Whether the author may appeal now: once per decision."""
        if not self.statement.is_in_force or self.statement.deadline < timezone.now():
            return False
        return self.appeal is None or self.is_older

    @property
    def is_older(self) -> bool:
        """Whether the newest appeal was about an earlier decision."""
        answered_at = self.appeal.decided_at if self.appeal else None
        return answered_at is not None and answered_at < self.statement.informed_at


class LinkPage(SecretPage):
    """A page behind an author's link."""

    def refusal(self, error: GavelError) -> HttpResponse:
        language = known_language(*asked_languages(self.request))
        words = WORDS[language]
        title = words["over"] if isinstance(error, LinkOver) else words["no_link"]
        why = words["may_appeal_no_more"] if isinstance(error, LinkOver) else words["try_whole"]
        context = {"words": words, "page_language": language, "title": title, "why": why}
        return render(self.request, "reviews/public_refused.html", context, status=error.status)

    def letter(self, token: str) -> Letter:
        """Return the letter of a signed link or of an appeal's token."""
        now = timezone.now()
        if "." in token:
            subject = subject_of(read_token(token, now))
        else:
            appeal = appeal_of_token(token)
            subject = appeal.log or appeal.ban  # type: ignore[assignment]
        statement = statement_of(subject, now, self.request.GET.get("lang", ""))
        return Letter(subject, statement, newest_appeal(subject))

    def show(
        self, template: str, token: str, letter: Letter, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {**letter_context(token, letter), **more}
        return render(self.request, template, context, status=status)


class AppealLink(LinkPage):
    """GET, POST /appeal/{token}"""

    def get(self, _request: HttpRequest, token: str) -> HttpResponse:
        return self.show("reviews/appeal_link.html", token, self.letter(token))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        letter, text = self.letter(token), request.POST.get("statement", "")
        words = WORDS[letter.statement.language]
        problem = complaint(words, text)
        if not problem and letter.may_ask:
            ask.appeal(letter.subject, text, now=timezone.now())
        if not problem:
            # A double click sends one appeal; the page then shows its state.
            return redirect(f"{request.path}?lang={letter.statement.language}")
        return self.show("reviews/appeal_link.html", token, letter, 422, problem=problem, text=text)


class StatementLink(LinkPage):
    """GET /appeal/{token}/statement"""

    def get(self, _request: HttpRequest, token: str) -> HttpResponse:
        letter = self.letter(token)
        fields = database_fields(letter.statement)
        shown = {name: value for name, value in fields.items() if value not in (None, [])}
        return self.show("reviews/statement_link.html", token, letter, fields=shown)


def complaint(words: Words, text: str) -> str:
    """Return what is wrong with an author's text; "" if nothing is."""
    if not text.replace("\0", "").strip():
        return words["needs_words"]
    if "\0" in text or len(text.replace("\r\n", "\n")) > LONGEST_STATEMENT:
        return words["too_long"]
    return ""


def asked_languages(request: HttpRequest) -> list[str]:
    """Return the languages that the URL and the browser ask for, preferred first."""
    header = request.headers.get("Accept-Language", "")
    wanted = [part.split(";")[0].strip() for part in header.split(",")]
    return [request.GET.get("lang", ""), *(one if one in WORDS else one[:2] for one in wanted)]


def letter_context(token: str, letter: Letter) -> PageContext:
    statement, appeal = letter.statement, letter.appeal
    language = statement.language
    words = WORDS[language]
    return {
        "words": words,
        "page_language": language,
        "languages": LANGUAGES,
        "project": letter.subject.project,
        "title": words[title_of(statement)],
        "statement": statement,
        "log": statement.log,
        "sent": sent_in_words(statement),
        "measures": measures_in_words(statement),
        "ground": ground_in_words(statement),
        "facts": facts_in_words(statement),
        "found_by": words["by_machine" if statement.is_found_by_machine else "by_people"],
        "decided_by": decider_in_words(statement),
        "lead": lead_in_words(letter),
        "may_ask": letter.may_ask,
        "appeal": appeal,
        "is_open": appeal is not None and appeal.status == AppealStatus.OPEN,
        "wrote": words["you_wrote"].format(day=day(appeal.created_at, language)) if appeal else "",
        "answered": answered_in_words(letter),
        "outcome": words[appeal.outcome] if appeal and appeal.outcome else "",
        "appeal_path": appeal_path(token),
        "statement_path": statement_path(token),
        "most": LONGEST_STATEMENT,
    }


def title_of(statement: Statement) -> str:
    if not statement.is_in_force:
        return "restored"
    if statement.subject.kind == SubjectKind.BAN:
        return "banned"
    return "removed" if statement.is_hidden else "sanctioned"


def sent_in_words(statement: Statement) -> str:
    log, language = statement.log, statement.language
    if log is None:
        return ""
    words = WORDS[language]["in_channel"]
    return words.format(day=day(log.created_at, language), channel=log.channel_id)


def lead_in_words(letter: Letter) -> str:
    """Return in words what the author can do now."""
    statement = letter.statement
    words = WORDS[statement.language]
    if letter.appeal is not None and not letter.may_ask:
        return ""
    if not statement.is_in_force:
        return words["nothing_left"]
    if statement.deadline < timezone.now():
        return words["may_appeal_no_more"]
    return words["may_appeal"].format(day=day(statement.deadline, statement.language))


def answered_in_words(letter: Letter) -> str:
    appeal, language = letter.appeal, letter.statement.language
    if appeal is None or appeal.decided_at is None:
        return ""
    return WORDS[language]["answered"].format(day=day(appeal.decided_at, language))
