"""Read the docs' examples and run those of a page, in order, in one shell."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from tests.e2e.servers import ROOT

FENCE = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
#: What runs; other kinds are shown.
SHELL = ("bash", "sh")
RUN = (*SHELL, "python", "js")
PATIENCE_SECONDS = 120
#: A call that is refused fails, unless the page shows the refusal.
BEGIN = """
set -euo pipefail
curl() { command curl --no-progress-meter --fail-with-body "$@"; }
python3() { "$PYTHON" "$@"; }
"""


class ExampleFailed(Exception):
    """An example ended otherwise than its page says; tells it and what it printed."""


@dataclass(frozen=True)
class Example:
    page: str
    #: Its place among those of the page that run, from 1.
    number: int
    kind: str
    text: str
    #: The JSON that the page shows right behind it.
    shown: str

    @property
    def is_refused(self) -> bool:
        status = json.loads(self.shown).get("status") if self.shown else None
        return isinstance(status, int) and status >= 400

    def as_shell(self, place: Path) -> str:
        """Return lines that run it and keep what it prints in a file of its own."""
        code = self.text
        if self.kind == "python":
            (place / f"{self.number}.py").write_text(code)
            code = f'"$PYTHON" {self.number}.py\n'
        survives = "|| true" if self.is_refused else ""
        return f"echo {self.number} > at\n{{\n{code}}} > {self.number}.out {survives}\n"


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def examples_of(page: Path) -> list[Example]:
    text, found = page.read_text(), []
    fences = list(FENCE.finditer(text))
    for fence, after in zip_longest(fences, fences[1:]):
        if fence[1] in RUN:
            is_shown = (
                after and after[1] == "json" and not text[fence.end() : after.start()].strip()
            )
            shown = after[2] if after and is_shown else ""
            found.append(Example(page.name, len(found) + 1, fence[1], fence[2], shown))
    return found


def run(examples: list[Example], place: Path, **environment: str) -> dict[int, str]:
    """Run a page's examples in a folder; return what each printed, by number."""
    script = BEGIN + "".join(example.as_shell(place) for example in examples)
    address = environment["GAVEL"]
    for written in ("http://127.0.0.1:8000", "https://gavel.example.org"):
        script = script.replace(written, address)
        for file in place.glob("*.py"):
            file.write_text(file.read_text().replace(written, address))
    done = subprocess.run(
        [shutil.which("bash") or "bash", "-c", script],
        cwd=place, env={**environment, "PYTHON": sys.executable}, capture_output=True,
        check=False, text=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    printed = {int(file.stem): file.read_text() for file in place.glob("*.out")}
    if done.returncode:
        at = int((place / "at").read_text())
        text = next(example.text for example in examples if example.number == at)
        raise ExampleFailed(f"{text}\n{printed.get(at, '')}\n{done.stderr}")
    return printed


def misfits(shown: object, got: object, where: str = "$") -> list[str]:
    """Return where an answer has another shape than the one that a page shows.

    `null` fits anything, as each field has its own reasons to be empty; a field `…` stands for
    others that are left out; a list shows one of its rows, or happened to be empty.
    """
    if shown is None or got is None:
        return []
    if isinstance(shown, dict) and isinstance(got, dict):
        return _misfits_of_fields(shown, got, where)
    if isinstance(shown, list) and isinstance(got, list):
        if not shown:
            return []
        nothing = [] if got else [f"{where} is empty"]
        each = [misfits(shown[0], one, f"{where}[{at}]") for at, one in enumerate(got)]
        return nothing + [told for some in each for told in some]
    numbers = (int, float)
    is_number = isinstance(shown, numbers) and not isinstance(shown, bool)
    same = isinstance(got, numbers) if is_number else type(shown) is type(got)
    return [] if same else [f"{where} is {got!r:.60}, shown is {shown!r:.60}"]


def _misfits_of_fields(shown: dict[str, object], got: dict[str, object], where: str) -> list[str]:
    named = {name: value for name, value in shown.items() if name != "…"}
    told = [f"{where}.{name} is not there" for name in sorted(named.keys() - got.keys())]
    if "…" not in shown:
        told += [f"{where}.{name} is not shown" for name in sorted(got.keys() - named.keys())]
    for name in sorted(named.keys() & got.keys()):
        told += misfits(named[name], got[name], f"{where}.{name}")
    return told
