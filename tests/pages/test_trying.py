"""Trying a text: what the page shows, and that nothing is stored."""

from moderation.models import ModerationLog, OutboxEvent
from moderation.pipeline.what_if import try_text

PAGE = "/p/arena/try"
INSULT = "Eres un idiota"


def tried(client, **fields):
    return client.post(PAGE, {"preset": "", "history": "", **fields}).content.decode()


def test_a_text_is_marked_where_it_was_found(signed_in):
    text = tried(signed_in(), text=INSULT)
    assert '<mark data-kind="harassment" title="harassment 0.75, word list">idiota</mark>' in text
    assert "chip-flag" in text


def test_nothing_is_stored(arena, signed_in):
    tried(signed_in(), text=INSULT)
    assert not ModerationLog.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_without_the_word_the_verdict_is_another(arena):
    changes = {change.what: str(change.verdict.kind) for change in try_text(arena, INSULT).changes}
    assert changes["without “idiota”"] == "allow"
    assert changes["after 3 violations in 24 h"] == "block"


def test_a_preset_judges_by_its_own_thresholds(arena):
    assert try_text(arena, "damn").verdict.kind == "warn"
    assert try_text(arena, "damn", preset="strict").verdict.kind == "allow"


def test_an_author_with_a_history_is_blocked(arena):
    assert try_text(arena, "damn", has_history=True).verdict.kind == "block"


def test_the_author_reads_the_content_s_language(arena):
    assert try_text(arena, INSULT).author_reads == "Tu mensaje espera revisión."


def test_an_empty_text_is_refused_in_words(signed_in):
    answer = signed_in().post(PAGE, {"text": "  "})
    assert answer.status_code == 422
    assert "Type or paste a text first." in answer.content.decode()


def test_a_text_that_is_too_long_is_refused_in_words(signed_in):
    assert "At most 10,000 characters" in tried(signed_in(), text="x" * 10_001)


def test_markup_in_a_text_is_shown_as_text(signed_in):
    text = tried(signed_in(), text="<img src=x onerror=alert(1)> you idiot")
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_the_curl_line_quotes_what_a_shell_would_run(signed_in):
    text = tried(signed_in(), text="it's $(rm -rf /)")
    assert "&#x27;{&quot;text&quot;: &quot;it&#x27;&quot;&#x27;&quot;&#x27;s $(rm -rf /)" in text


def test_htmx_gets_the_verdict_alone(signed_in):
    answer = signed_in().post(PAGE, {"text": INSULT}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
