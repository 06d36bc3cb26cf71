"""Rules for style sheets and icons: short, layered, one source of colour."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.standalone

STATIC = Path(__file__).resolve().parents[2] / "static"
SHEETS = sorted((STATIC / "css").rglob("*.css"))
SHARED = [path for path in SHEETS if path.parent.name == "css"]
ICONS = (STATIC / "img/icons.svg").read_text()
ORDER = re.findall(
    r"[a-z]+",
    (STATIC / "css/base.css").read_text().split("in this order:")[1].split(";")[0],
)
PHYSICAL = re.compile(
    r"^\s*(?:(?:min-|max-)?(?:width|height)|top|right|bottom|left"
    r"|(?:margin|padding|border|inset)-(?:top|right|bottom|left)\b[\w-]*)\s*:",
    re.MULTILINE,
)


def rules_of(path: Path) -> str:
    """Give the sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(STATIC))


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_sheet_is_short(path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_sheet_wins_by_layer_and_not_by_force(path):
    css = rules_of(path)
    assert "!important" not in css
    assert path.name == "tokens.css" or css.lstrip().startswith("@layer")


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_sheet_knows_no_left_and_right(path):
    assert PHYSICAL.findall(rules_of(path)) == []


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_sheet_uses_only_names_that_tokens_define(path):
    names = set(
        re.findall(r"^\s*(--[\w-]+):", (STATIC / "css/tokens.css").read_text(), re.MULTILINE)
    )
    own = set(re.findall(r"^\s*(--[\w-]+):", rules_of(path), re.MULTILINE))
    assert set(re.findall(r"var\((--[\w-]+)", rules_of(path))) <= names | own


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_selector_names_no_id_and_value_no_colour(path):
    hashes = re.findall(r"#[\w-]+", rules_of(path))
    assert path.name == "tokens.css" or hashes == []


def test_order_at_the_top_of_base_names_each_shared_sheet():
    assert sorted(ORDER) == [path.stem for path in SHARED]


def test_every_page_links_the_shared_sheets_in_their_order():
    base = (STATIC.parent / "templates/base.html").read_text()
    assert re.findall(r'"css/([a-z]+)\.css"', base) == ORDER


def test_each_icon_that_a_template_names_is_drawn():
    templates = (STATIC.parent / "templates").rglob("*.html")
    named = {
        name for path in templates for name in re.findall(r'{% icon "([a-z-]+)"', path.read_text())
    }
    assert sorted(name for name in named if f'id="i-{name}"' not in ICONS) == []


def test_each_icon_is_a_symbol_of_sixteen_by_sixteen():
    symbols = re.findall(r'<symbol id="i-[a-z-]+" viewBox="0 0 16 16">', ICONS)
    assert len(symbols) == len(set(symbols)) == ICONS.count("<symbol")
