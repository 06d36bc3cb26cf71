"""Tags of the console's templates: icons, times, marked texts, severities, faces."""

from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from moderation.engine.policy import Policy
from moderation.events import iso
from moderation.marking import Markable, kind_name, segments, source_name
from moderation.models import Preferences, Veil

register = template.Library()

#: From which severity on words are covered, by choice.
VEILED_FROM = {
    Veil.LOW: ("low", "medium", "high"),
    Veil.MEDIUM: ("medium", "high"),
    Veil.HIGH: ("high",),
}
#: Never covered: who judges them must read them, and they hurt nobody.
PLAIN_KINDS = {"spam", "personal_info"}
MINUTE, HOUR, DAY = 60, 3600, 86_400
FORMATS = {"clock": "%H:%M:%S", "minute": "%H:%M", "day": "%-d %b %Y, %H:%M", "date": "%-d %b %Y"}


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Return a picture that says nothing new: a word or a name stands beside it."""
    kind = f"icon icon-{size}" if size else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>',
        kind,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def when(moment: datetime | None, style: str = "ago") -> SafeString | str:
    """Return a `<time>`, which the page keeps true.

    Its age ("ago", or "age" without that word), or its "clock", "minute" or "day".
    """
    if moment is None:
        return "–"
    return format_html(
        '<time datetime="{}" data-time="{}" title="{} UTC">{}</time>',
        iso(moment),
        style,
        f"{moment:%-d %b %Y, %H:%M:%S}",
        _written(moment, style),
    )


def _written(moment: datetime, style: str) -> str:
    if style in FORMATS:
        return f"{moment:{FORMATS[style]}}"
    return age(moment) if style == "age" else ago(moment)


@register.filter
def ago(moment: datetime | None) -> str:
    """Return how long ago that was, or how far ahead it lies, in words."""
    if moment is None:
        return "never"
    seconds = (timezone.now() - moment).total_seconds()
    return f"{duration(seconds)} ago" if seconds >= 0 else f"in {duration(-seconds)}"


@register.filter
def age(moment: datetime | None) -> str:
    return duration((timezone.now() - moment).total_seconds()) if moment else "–"


@register.filter
def left(moment: datetime) -> str:
    """Return the time until then as minutes and seconds, as the page counts it down."""
    seconds = max(0, round((moment - timezone.now()).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02}"


@register.filter
def duration(seconds: float) -> str:
    """Return a length of time in its largest unit: 12 s, 5 min, 3 h, 2 d."""
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"


@register.filter
def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.2f} ms"


@register.filter
def figure(number: float) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}"


@register.filter
def words(name: str) -> str:
    """Return a code's name in words: `hate_speech` → hate speech."""
    return kind_name(name)


@register.filter
def source(name: str) -> str:
    """Return what found something, in words: `lexicon` → word list."""
    return source_name(name)


@register.filter
def initials(name: str) -> str:
    parts = name.replace(".", " ").replace("_", " ").replace("-", " ").split()
    letters = parts[0][0] + parts[-1][0] if len(parts) > 1 else name[:2]
    return letters.upper()


@register.inclusion_tag("components/_marked.html", takes_context=True)
def marked(context: dict[str, Any], log: Markable, limit: int = 0) -> dict[str, Any]:
    """Show a text with its matches; `limit` cuts it for a row, where nothing is pressed."""
    content = f"{log.content[:limit]}…" if 0 < limit < len(log.content) else log.content
    pieces = segments(content, *_within(log, len(content)))
    preferences: Preferences = context["preferences"]
    return {
        "pieces": pieces,
        "is_row": bool(limit),
        # A page may be asked for with everything in clear: the way without JavaScript.
        "veils": not context.get("is_revealed") and is_veiled(log.severity, preferences),
        "plain_kinds": PLAIN_KINDS,
    }


@register.filter
def covered(text: Markable, preferences: Preferences) -> bool:
    """Say whether words of the text are covered until they are pressed."""
    kinds = [match["category"] for match in text.matches]
    return is_veiled(text.severity, preferences) and not PLAIN_KINDS.issuperset(kinds)


def is_veiled(severity: str, preferences: Preferences) -> bool:
    return severity in covered_severities(preferences)


def covered_severities(preferences: Preferences) -> tuple[str, ...]:
    """Return the severities of content whose words the person has covered."""
    return VEILED_FROM.get(Veil(preferences.veil), ())


def _within(log: Markable, length: int) -> tuple[list[Any], list[Any]]:
    """Return the matches that begin in the part that is shown."""
    return (
        [match for match in log.matches if match["start"] < length],
        [hit for hit in log.pii if hit["start"] < length],
    )


@register.inclusion_tag("components/_severity.html")
def severity(level: str, word: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002 (a tag)
    return {"level": level, "word": word}


@register.inclusion_tag("components/_verdict.html")
def verdict(kind: str, label: str = "") -> dict[str, Any]:
    """Show a verdict, or under another name what is as good or as bad."""
    icons = {"allow": "check", "warn": "warn", "flag": "flag", "block": "block"}
    return {"kind": kind, "icon_name": icons.get(kind, "info"), "label": label}


@register.inclusion_tag("components/_verdict.html")
def ruling(name: str) -> dict[str, Any]:
    """Show a moderator's ruling as a chip."""
    shown = {
        "approve": ("allow", "check", "Approved"),
        "reject": ("block", "x", "Rejected"),
        "dismiss": ("line", "minus", "Dismissed"),
        "escalate": ("escalate", "up", "Escalated"),
    }
    kind, icon_name, label = shown[name]
    return {"kind": kind, "icon_name": icon_name, "label": label}


@register.inclusion_tag("components/_strikes.html")
def strikes(count: int, limit: int) -> dict[str, Any]:
    """Show active strikes as the dots of the ladder's first step."""
    return {"count": count, "limit": limit, "dots": [at < count for at in range(max(limit, count))]}


@register.inclusion_tag("components/_score.html")
def score(value: float, policy: Policy) -> dict[str, Any]:
    """Show a score 0-1 as a bar against the policy's thresholds."""
    limits = policy.thresholds
    steps = (("warn", limits.warn), ("flag", limits.flag), ("block", limits.block))
    reached = [name for name, step in steps if value + 1e-9 >= step]
    return {
        "shown": f"{value:.2f}",
        # A localised number would not be one for SVG.
        "percent": f"{100 * min(1.0, value):.0f}",
        "ticks": [f"{100 * step:.0f}" for _, step in steps],
        "at": reached[-1] if reached else "",
    }
