"""The docs name every setting, command, endpoint, event and room, and what they cite is there."""

import ast
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from moderation.events import event
from moderation.rules import starter_lists
from reviews.queue.lanes import LANES

ROOT = Path(__file__).resolve().parent.parent
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [*sorted(ROOT.glob("*.md")), *DOCS]
COMMANDS = sorted(ROOT.glob("*/management/commands/[a-z]*.py"))
SETTINGS = ast.parse((ROOT / "moderation_site" / "settings.py").read_text())
#: Folders of Django's that are no rooms.
NO_ROOMS = {"migrations", "templatetags"}
CODE = ("moderation", "moderation_site", "reviews", "tests", "bench", "training", "static/js")
#: How the addresses for clients of other services begin.
OTHERS = ("/api/", "/v1", "/$discovery", "/contentsafety", "/comprehend")
#: In an example of an answer.
ENGINE = re.compile(r'"engine_version": "(\d+)"')
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
#: A citation in code or in a comment: docs/verdicts.md, "Order".
CITATION = re.compile(r'docs/([\w-]+\.md)(?:,[\s#:/*"]+?"([^"\n]+)")?')
FILE_NAME = re.compile(r"`((?:moderation|reviews|moderation_site|static|tests|bench)/[\w/.-]+)`")


def variables():
    for node in ast.walk(SETTINGS):
        is_reader = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_reader and node.func.id.startswith("env_"):
            yield node.args[0].value


def addresses(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", path)


def api_addresses():
    found = sorted(set(addresses(get_resolver().url_patterns)))
    return [path for path in found if path.startswith("/api/v1/")]


def compatible_addresses():
    """Return the addresses for clients of other services, without the catch-all patterns."""
    found = sorted(set(addresses(get_resolver().url_patterns)))
    ours = [path for path in found if path.startswith(OTHERS)]
    return [path for path in ours if not path.startswith("/api/v1/") and "^" not in path]


def event_types():
    named = vars(event).items()
    return sorted(value for name, value in named if name.isupper() and isinstance(value, str))


def text(name):
    return (ROOT / "docs" / name).read_text()


@pytest.mark.parametrize("name", sorted(variables()))
def test_setting_is_documented(name):
    assert f"`{name}`" in text("settings.md")


@pytest.mark.parametrize("path", api_addresses())
def test_endpoint_is_documented(path):
    assert f"{path}`" in text("api.md")


@pytest.mark.parametrize("path", compatible_addresses())
def test_compatible_endpoint_is_documented(path):
    pages = (ROOT / "docs").glob("moving-from-*.md")
    assert any(path in page.read_text() for page in pages)


@pytest.mark.parametrize("name", [path.stem for path in COMMANDS])
def test_command_is_documented(name):
    assert f"## {name}\n" in text("commands.md")


@pytest.mark.parametrize("name", event_types())
def test_event_is_documented(name):
    assert f"`{name}`" in text("events.md")


# --- Rooms


def rooms_in_docs(package):
    """Return the package's rooms in the order in which docs/architecture.md lists them."""
    section = text("architecture.md").split(f"### `{package}/`\n")[1].split("\n#")[0]
    return re.findall(r"^\| `(\w+)/` \|", section, re.MULTILINE)


def rooms_on_disk(package):
    folders = {path.parent.name for path in (ROOT / package).glob("*/*.py")}
    return folders - NO_ROOMS


def floor_of(package):
    """Return how high each room stands in the import contract, from the ground up."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(
        contract["layers"]
        for contract in contracts["contracts"]
        if contract.get("containers") == [package]
    )
    floors = enumerate(reversed(layers))
    return {room.strip(): floor for floor, layer in floors for room in layer.split("|")}


@pytest.mark.parametrize("package", ["moderation", "reviews"])
def test_architecture_lists_every_room_once(package):
    listed = rooms_in_docs(package)
    assert sorted(listed) == sorted(rooms_on_disk(package))


@pytest.mark.parametrize("package", ["moderation", "reviews"])
def test_architecture_lists_rooms_in_the_order_of_the_import_contract(package):
    floor, listed = floor_of(package), rooms_in_docs(package)
    assert listed == sorted(listed, key=lambda room: floor[room])


# --- What pages and code refer to


def headings(page):
    outside_code = FENCED.sub("", page.read_text())
    return re.findall(r"^#+ (.+)$", outside_code, re.MULTILINE)


def anchor(heading):
    """Return the anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def citations():
    paths = [path for folder in CODE for path in (ROOT / folder).rglob("*.[pj][ys]")]
    for path in paths:
        if path != Path(__file__):
            for cited in CITATION.finditer(path.read_text()):
                yield path.relative_to(ROOT), cited[1], cited[2]


def missing_citations(cited):
    """Return the citations of which the page or the heading does not exist."""
    known = {page.name: headings(page) for page in DOCS}
    return [
        f"{path}: {page}, {heading}"
        for path, page, heading in cited
        if page not in known or (heading and heading not in known[page])
    ]


def test_pages_and_headings_cited_in_code_exist():
    assert missing_citations(citations()) == []


def test_a_citation_without_its_heading_is_noticed():
    cited = CITATION.findall('# docs/verdicts.md, "No such heading"\n# docs/nowhere.md')
    assert missing_citations(("x.py", *one) for one in cited) == [
        "x.py: verdicts.md, No such heading",
        "x.py: nowhere.md, ",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    local = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    broken = []
    for link in local:
        name, _, part = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        is_broken = not target.exists() or (
            part and part not in {anchor(heading) for heading in headings(target)}
        )
        if is_broken:
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_named_on_a_page_exist(page):
    named = FILE_NAME.findall(page.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_readme_links_to_every_page(page):
    readme = (ROOT / "README.md").read_text()
    assert f"docs/{page.name})" in readme


# --- Texts outside the pages

CLASS_NAME = re.compile(r"\b[A-Z][a-z]+[A-Z]\w*")
#: Names that are written so.
NAMES = re.compile("OpenAPI|OpenAI|RabbitMQ|AuraFlow|AutoModerate|WebSockets")


def schema_summaries():
    document = SchemaGenerator().get_schema(public=True)
    calls = [call for path in document["paths"].values() for call in path.values()]
    return [call.get("summary", "") for call in calls]


def command_helps():
    for path in COMMANDS:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield import_module(module).Command.help


def test_short_texts_name_no_class():
    lanes = [text for lane in LANES for text in (lane.label, lane.hint)]
    texts = [*lanes, *schema_summaries(), *command_helps()]
    assert [text for text in texts if CLASS_NAME.search(NAMES.sub("", str(text)))] == []


def test_examples_come_from_the_engine_of_today():
    shown = {number for page in PAGES for number in ENGINE.findall(page.read_text())}
    assert shown == {settings.ENGINE_VERSION}


def test_a_commands_arguments_are_listed_once():
    for section in text("commands.md").split("\n## "):
        rows = re.findall(r"^\| `(--[\w-]+)", section, re.MULTILINE)
        assert len(rows) == len(set(rows)), section.splitlines()[0]


def test_seed_blacklist_lists_every_language():
    for language in starter_lists.LANGUAGES + starter_lists.FURTHER_LANGUAGES:
        assert f"`{language}`" in section_of("commands.md", "seed_blacklist")


def section_of(name, heading):
    return text(name).split(f"\n## {heading}\n")[1].split("\n## ")[0]
