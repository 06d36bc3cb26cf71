"""The catalogues: no text of a page is unmarked, and every text has both translations."""

import ast
import gettext
import re
from functools import cache
from html.parser import HTMLParser
from itertools import chain
from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from moderation.pages.policy_sentences import SECTIONS
from moderation.pages.refusals import patterns
from moderation.pages.script_words import SCRIPT_WORDS

ROOT = settings.BASE_DIR
LOCALE = ROOT / "moderation_site" / "locale"
#: The admin speaks English, the reference pages and the elements of other packages have no texts.
ENGLISH = ("admin", "unfold", "allauth/elements", "moderation/redoc.html")
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
CODE = ("moderation", "reviews")
#: Pages of allauth that our settings switch off.
NOT_USED = {"trust.html", "signup_form.html"}


# --- What there is to translate


def templates():
    found = chain(*((ROOT / "templates").rglob(f"*.{ending}") for ending in ("html", "txt")))
    names = [path.relative_to(ROOT / "templates").as_posix() for path in found]
    return sorted(name for name in names if not name.startswith(ENGLISH))


def modules(*folders):
    found = chain(*((ROOT / folder).rglob("*.py") for folder in folders))
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def texts_of_template(name):
    """Return the texts that a template marks, as the catalogue names them."""
    template = engines["django"].get_template(name).template
    for node in template.nodelist.get_nodes_by_type(TranslateNode):
        if text := node.filter_expression.var.literal:
            yield str(text)
    for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
        yield node.render_token_list(node.singular)[0]
    yield from re.findall(r'[:=]_\("([^"]+)"\)', template.source)


def texts_of_module(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and name_of(node) in MARKS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


@cache
def marked_texts():
    in_templates = chain(*map(texts_of_template, templates()))
    return {*in_templates, *chain(*map(texts_of_module, modules(*CODE)))} - {""}


# --- The catalogues


def unquoted(line):
    return ast.literal_eval(line[line.index('"') :])


@cache
def catalogue(language):
    """Return a .po file as the compiled one holds it: text, or (text, number) → translation."""
    found, parts, key = {}, {}, ""
    lines = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    assert "#, fuzzy" not in lines
    for line in [*lines.splitlines(), "msgid"]:
        if line.startswith(("msgid", "msgstr")):
            key = line.split(" ")[0]
            if key == "msgid" and parts:
                text = parts.pop("msgid")
                if "msgid_plural" in parts:
                    found |= {(text, at): parts[f"msgstr[{at}]"] for at in (0, 1)}
                else:
                    found[text] = parts["msgstr"]
                parts = {}
            parts[key] = ""
        if '"' in line and not line.startswith("#"):
            parts[key] += unquoted(line)
    return found


def blanks(text):
    """Return what a translation must keep: placeholders and tags."""
    return sorted(re.findall(r"%\(\w+\)s|\{\w*[^}]*\}|</?\w+[^>]*>", text))


@pytest.mark.parametrize("language", ["es", "ur"])
def test_every_text_has_a_translation_with_the_same_blanks(language):
    texts = catalogue(language)
    assert not [text for text, translated in texts.items() if not translated]
    differ = []
    for text, translated in texts.items():
        # A header, or a text that shows other braces than blanks.
        if text and "[words]" not in text:
            original = text[0] if isinstance(text, tuple) else text
            # The singular may leave the number out.
            differ += [text] * (blanks(original) != blanks(translated))
    assert not differ


@pytest.mark.parametrize("language", ["es", "ur"])
def test_the_catalogue_has_every_marked_text_and_no_other(language):
    known = {text[0] if isinstance(text, tuple) else text for text in catalogue(language)} - {""}
    assert marked_texts() - known == set(), "run `make messages` and translate what is new"
    assert known - marked_texts() == set(), "run `make messages`: these texts are gone"


@pytest.mark.parametrize("language", ["en", "es", "ur"])
def test_the_compiled_catalogue_is_that_of_the_text_file(language):
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled)._catalog == catalogue(language)


def test_every_text_on_allauths_pages_of_second_steps_is_listed():
    pages = Path(allauth.__file__).parent / "templates" / "mfa"
    shown = set()
    for path in [*pages.glob("*.html"), *pages.rglob("*/*.html")]:
        if path.name not in NOT_USED:
            source = path.read_text(encoding="utf-8")
            shown |= set(re.findall(r"""\{% trans(?:late)? "([^"]+)" %\}""", source))
            blocks = re.findall(
                r"\{% blocktrans(?:late)?[^%]*%\}\s*(.*?)\s*\{% (?:end|pl)", source, re.DOTALL
            )
            shown |= {re.sub(r"\{\{ ?(\w+) ?\}\}", r"%(\1)s", text) for text in blocks}
    assert len(shown) > 30
    known = {text[0] if isinstance(text, tuple) else text for text in catalogue("ur")}
    assert shown - known == set()


def test_english_says_second_step_wherever_allauth_says_two_factor():
    listed = {text for text in catalogue("es") if "two-factor" in str(text).lower()}
    assert listed == set(catalogue("en")) - {""}
    assert "two-factor" not in str(list(catalogue("en").values())).lower()


@pytest.mark.parametrize("language", ["es", "ur"])
def test_a_sentence_of_the_policy_begins_with_a_tick_in_every_language_or_none(language):
    sentences = [text for pairs in SECTIONS.values() for text, _ in pairs]
    translated = catalogue(language)
    assert [one for one in sentences if one[0] == "{" != translated[one][0]] == []
    assert [one for one in sentences if one[0] != "{" == translated[one][0]] == []


# --- What is not marked

TRANSLATED = re.compile(r"\{%\s*(blocktranslate|comment)\b.*?%\}.*?\{%\s*end\1\s*%\}", re.DOTALL)
#: Blocks that stand inside an HTML tag.
INSIDE_TAGS = re.compile(
    r"\{% block (shell_kind|body_attributes) %\}.*?\{% endblock \1 %\}", re.DOTALL
)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
SHOWN = {"aria-label", "title", "placeholder", "alt", "data-label"}
#: Names, units and codes that are the same in every language.
NAMES = {
    "API", "CSV", "Celery", "Ctrl", "DSA", "Discord", "Enter", "Esc", "Gavel", "ID", "JSON",
    "RabbitMQ", "Article", "GET", "JavaScript", "Python", "URL", "UTC", "curl", "ms",
}  # fmt: skip


class Words(HTMLParser):
    """Collect what a reader sees of a page: texts, and attributes that are read out or shown."""

    def __init__(self):
        super().__init__()
        self.found, self.silent = [], []

    def handle_starttag(self, tag, attributes):
        if tag in {"script", "style", "pre", "code", "kbd"}:
            self.silent.append(tag)
        self.found += [value or "" for name, value in attributes if name in SHOWN]

    def handle_endtag(self, tag):
        if self.silent[-1:] == [tag]:
            self.silent.pop()

    def handle_data(self, text):
        if not self.silent:
            self.found.append(text)


def unmarked_in(source):
    parser = Words()
    parser.feed(TAG.sub("", TRANSLATED.sub("", INSIDE_TAGS.sub("", source))))
    words = re.findall(r"[A-Za-z]{2,}", " ".join(parser.found))
    return [word for word in words if word not in NAMES]


@pytest.mark.parametrize("name", [name for name in templates() if name.endswith(".html")])
def test_no_text_of_a_template_is_unmarked(name):
    source = (ROOT / "templates" / name).read_text(encoding="utf-8")
    assert unmarked_in(source) == []
    assert not re.findall(r'\{% include [^%]*\b(?:title|label)="[A-Z]', source)


def test_an_unmarked_text_is_found():
    assert unmarked_in('<p title="{% translate "Fine" %}">{% translate "Fine" %}</p>') == []
    assert unmarked_in("<p>{% if x %}Left out{% endif %}</p>") == ["Left", "out"]
    assert unmarked_in('<button aria-label="Close"></button>') == ["Close"]


SENTENCE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,} |^[A-Z][a-z]+ [a-z]+$|^[A-Z][a-z ,]+\.$")
#: Samples of messages, snippets of code, and words to search by.
NOT_SHOWN = {
    "moderation/pages/chat.py",
    "moderation/pages/find.py",
    "moderation/pages/snippets.py",
    "moderation/pages/trying.py",
}


SAMPLES = {
    "Bundled model",
    "Hello world",
    "My app",
    "Shut up idiot",
    "pip install -r requirements-celery.txt",
    "pip install -r requirements-discord.txt",
}


def is_silent(node):
    """Say whether a call marks its text, or shows it to nobody."""
    if not isinstance(node, ast.Call):
        return False
    is_log = getattr(getattr(node.func, "value", None), "id", "") == "logger"
    return is_log or name_of(node) in {*MARKS, "Http404", "reverse"}


def unmarked_sentences(path):
    """Return the sentences of a module of pages that no call marks."""
    nodes = list(ast.walk(tree_of(path)))
    docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
    skipped = docstrings | set(chain(*(ast.walk(node) for node in nodes if is_silent(node))))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and node not in skipped]
    sentences = [text for text in texts if isinstance(text, str) and SENTENCE.search(text)]
    return [text for text in sentences if text not in SAMPLES]


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in modules("moderation/pages", "moderation/templatetags", "reviews/pages")
        if path.relative_to(ROOT).as_posix() not in NOT_SHOWN
    ],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_no_sentence_of_a_page_is_unmarked(path):
    assert unmarked_sentences(path) == []


# --- Scripts


def test_every_text_of_the_scripts_comes_with_the_page():
    scripts = [path.read_text(encoding="utf-8") for path in (ROOT / "static" / "js").glob("*.js")]
    used = set(chain(*(re.findall(r'\bt\(\s*"([^"]+)"', script) for script in scripts)))
    assert used - set(SCRIPT_WORDS) == set()
    spoken = re.compile(r'(?:\b(?:announce|notify|tell|end)\(\s*|textContent = )["`][A-Za-z]')
    assert not [script[:80] for script in scripts if spoken.search(script)]


# --- Refusals

#: Rooms whose refusals only programs and commands see.
NO_PAGES = (
    "moderation/api", "moderation/admin", "moderation/integrations", "moderation/management",
    "moderation/lane", "moderation/pages", "moderation/delivery/chat", "moderation/delivery/amqp",
    "moderation/delivery/discord", "moderation/delivery/socketio", "moderation/delivery/sockets",
    "moderation/pipeline", "moderation/lib/ocr.py", "moderation/rules/history.py",
    "moderation/rules/project_model.py", "moderation/rules/loaded_models.py",
    "moderation/accounts/audit_chain.py", "moderation/accounts/audit_witness.py",
    "reviews/api", "reviews/admin", "reviews/demo", "reviews/management", "reviews/pages",
    "reviews/evaluation/learning", "reviews/reporting/erasure.py", "reviews/appeals/ask.py",
    "reviews/appeals/reports.py",
)  # fmt: skip
ERRORS = {
    "Invalid", "NotFound", "Forbidden", "TooMany", "Conflict", "AlreadyExists",
    "PolicyError", "RuleError", "PatternError",
}  # fmt: skip


def refusals_of(path):
    """Return the sentences of a module's errors, with `§` for their values."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and name_of(node) in ERRORS:
            for part in node.args:
                if isinstance(part, ast.JoinedStr):
                    pieces = [getattr(piece, "value", None) for piece in part.values]
                    yield "".join(piece if isinstance(piece, str) else "§" for piece in pieces)
                elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def test_every_refusal_that_a_page_shows_is_listed():
    shown = [
        path
        for path in modules(*CODE)
        if not path.relative_to(ROOT).as_posix().startswith(NO_PAGES)
    ]
    sentences = [
        text for text in chain(*map(refusals_of, shown)) if re.search(r"[a-z] [a-z]", text)
    ]
    assert len(sentences) > 100
    known = [pattern for _, pattern in patterns()]
    assert [text for text in sentences if not any(one.fullmatch(text) for one in known)] == []
