"""The engine's own data files, read once per process."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources


@cache
def lookalikes() -> Mapping[str, str]:
    """Return the letter that each look-alike character is taken for."""
    return {row[0]: row[1] for row in rows("lookalikes.tsv")}


def rows(name: str) -> Iterator[list[str]]:
    """Yield the columns of each line of a data file, without its heading and comments."""
    text = resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("# ")]
    for line in lines[1:]:
        yield line.split("\t")
