"""Third-party files: each has its licence and no missing source map."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.standalone

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static/vendor"
FILES = [path for path in VENDOR.rglob("*") if path.suffix in {".js", ".css"}]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_of_others_names_no_source_map(path):
    assert "sourceMappingURL" not in path.read_text()


@pytest.mark.parametrize("folder", list(VENDOR.iterdir()), ids=lambda path: path.name)
def test_each_library_has_its_licence_and_its_reason(folder):
    assert (folder / "LICENSE").read_text().strip()
    assert f"`{folder.name}/`" in (ROOT / "docs/dependencies.md").read_text()
