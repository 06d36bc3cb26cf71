"""The policy as sentences with blanks, each with its help and what it said before."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _

from moderation.lib.languages import gettext_noop
from moderation.pages.forms import FieldValues
from moderation.pages.policy_form import PolicyForm, in_words

#: Headings → sentences, each with what it means. `{name}` is a field of the form.
SECTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    gettext_noop("Verdicts"): (
        (
            gettext_noop(
                "Warn at a score of {thresholds__warn}, flag at {thresholds__flag}, "
                "block at {thresholds__block}"
            ),
            gettext_noop("A score goes from 0 (harmless) to 1 (certain)."),
        ),
        (
            gettext_noop("Show a message if its verdict is {approved_verdicts}"),
            gettext_noop("The app hides all others until a moderator approves them."),
        ),
        (
            gettext_noop("Open a review if the verdict is {review_verdicts}"),
            gettext_noop("A review waits in the queue for a moderator."),
        ),
        (
            gettext_noop("{queue_blocks} Open a review for every block, too."),
            gettext_noop("The same as ticking Block above."),
        ),
    ),
    gettext_noop("Strikes and bans"): (
        (
            gettext_noop("Give the author a strike if the verdict is {strike_verdicts}"),
            gettext_noop("One message gives one strike at most."),
        ),
        (gettext_noop("A strike expires after {strike_days} days."), ""),
        (
            gettext_noop(
                "Ban for {temp_ban_hours} hours at {strikes_for_temp_ban} strikes, and "
                "permanently at {strikes_for_perm_ban}"
            ),
            gettext_noop("Only strikes that have not expired count."),
        ),
        (
            gettext_noop("Count strikes, and ban, in the {ban_scope}"),
            gettext_noop(
                "Channel: three strikes in one channel ban there alone. Project: they add up, "
                "and a ban applies everywhere."
            ),
        ),
        (
            gettext_noop("{auto_ban} Ban automatically at these numbers."),
            gettext_noop("Without it, strikes are counted and only people ban."),
        ),
        (
            gettext_noop("{ban_requires_review} Ask a moderator before each of these bans."),
            gettext_noop(
                "The ban waits in the queue; a moderator gives it when rejecting the message."
            ),
        ),
    ),
    gettext_noop("Repetition"): (
        (
            gettext_noop(
                "Block a warned or flagged message if its author had "
                "{repeat_offender__violations} violations within {repeat_offender__hours} hours."
            ),
            gettext_noop("A repeat offender. Never for what a model says alone."),
        ),
        (
            gettext_noop(
                "Call it a flood if an author has more than {flood__violations} violations "
                "within {flood__seconds} seconds."
            ),
            gettext_noop("The author is banned for a while, if bans are automatic."),
        ),
        (
            gettext_noop(
                "Take at most {author_limits__per_minute} messages of one author a minute, and "
                "{author_limits__per_hour} an hour."
            ),
            gettext_noop("More are refused and not stored. Leave a field empty for no limit."),
        ),
    ),
    gettext_noop("Engine and outgoing events"): (
        (
            gettext_noop("If the engine fails, {on_engine_failure} the message."),
            gettext_noop("A failure never strikes or bans anybody."),
        ),
        (
            gettext_noop("A model alone may {model_may}"),
            gettext_noop(
                "The bundled model and your own model only ever flag. This is for larger models."
            ),
        ),
        (
            gettext_noop("Wait {model_wait_ms} ms for a large model."),
            gettext_noop("A later score may still open a review."),
        ),
        (
            gettext_noop(
                "Hold outgoing events for {decision_hold_seconds} seconds after a decision."
            ),
            gettext_noop(
                "Webhooks and other services never hear of a decision that is undone in that time."
            ),
        ),
        (
            gettext_noop("Expect messages in {languages}"),
            gettext_noop("Language tags, separated by commas: en, ur-Latn."),
        ),
        (
            gettext_noop("Recognise local phone numbers of {phone_regions}"),
            gettext_noop("Country codes, separated by commas: US, PK."),
        ),
        (
            gettext_noop("Trust links to {allowed_link_domains}"),
            gettext_noop(
                "They and their subdomains are no sign of spam. Separate them by commas: "
                "example.com, shop.example."
            ),
        ),
        (
            gettext_noop("Block messages that link to {blocked_link_domains}"),
            gettext_noop("With their subdomains. Separate them by commas."),
        ),
    ),
    gettext_noop("Storage"): (
        (
            gettext_noop("Store message text {storage}"),
            gettext_noop(
                "Text that is not stored in full cannot be replayed, backtested or learned from."
            ),
        ),
        (
            gettext_noop("Delete content after {retention_days} days."),
            gettext_noop("The command cleanup does it."),
        ),
        (
            gettext_noop("In events, show the metadata {meta_data_in_events}"),
            gettext_noop("Names of metadata fields, separated by commas."),
        ),
    ),
    gettext_noop("Clients of Perspective"): (
        (
            gettext_noop(
                "If a client asks for an attribute that cannot be scored, {unknown_attributes}"
            ),
            gettext_noop("Left-out attributes are named in a header of the answer."),
        ),
        (
            gettext_noop("For a language without a word list and a model, {uncovered_language}"),
            "",
        ),
    ),
}


@dataclass(frozen=True)
class Blank:
    """A field within a sentence."""

    field: BoundField
    #: The active value as the browser compares it, and in words.
    active: str
    was: str
    is_changed: bool

    @property
    def is_group(self) -> bool:
        return self.field.use_fieldset

    @property
    def is_long(self) -> bool:
        return getattr(self.field.field, "max_length", None) is not None


@dataclass(frozen=True)
class Sentence:
    #: Text and blanks, in order.
    parts: list[str | Blank]
    help: str

    @property
    def blanks(self) -> list[Blank]:
        return [part for part in self.parts if isinstance(part, Blank)]

    @property
    def tick(self) -> Blank | None:
        """The blank of a sentence that one tick switches; its words are the tick's label."""
        first = self.parts[0]
        return first if isinstance(first, Blank) and not first.is_group else None

    @property
    def help_id(self) -> str:
        return f"{self.blanks[0].field.auto_id}_helptext"


def sections_of(form: PolicyForm, active: FieldValues) -> list[tuple[str, list[Sentence]]]:
    """Return the form's sentences by heading; `active` has the form's values of today."""
    return [
        (
            _(title),
            [
                _sentence(form, _(text), help_text and _(help_text), active)
                for text, help_text in sentences
            ],
        )
        for title, sentences in SECTIONS.items()
    ]


def count_changes(sections: list[tuple[str, list[Sentence]]]) -> int:
    sentences = [sentence for _, group in sections for sentence in group]
    return sum(blank.is_changed for sentence in sentences for blank in sentence.blanks)


def _sentence(form: PolicyForm, text: str, help_text: str, active: FieldValues) -> Sentence:
    parts: list[str | Blank] = []
    for words, name, _spec, _conversion in Formatter().parse(text):
        if words:
            parts.append(words)
        if name:
            field = form[name]
            # Screen readers get the help with the sentence's first field.
            field.help_text = "" if any(isinstance(part, Blank) for part in parts) else help_text
            parts.append(_blank(field, active[name]))
    return Sentence(parts, help_text)


def _blank(field: BoundField, active: Any) -> Blank:
    comparable = ",".join(active) if isinstance(active, list) else in_comparable(active)
    is_changed = field.field.has_changed(active, field.value())
    return Blank(field, comparable, in_words(active), is_changed)


def in_comparable(value: Any) -> str:
    """Return a value as the browser's script compares it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
