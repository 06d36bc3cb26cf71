"""Plant small faults, one at a time, and say which of them no test notices.

    python -m tests.mutants moderation/sanctions reviews/decisions

The tests are collected and run once, to learn which of them reach which line. Then each mutant gets
a process of its own, forked from this one with everything loaded, and a copy of the test database.
It is killed as soon as a test fails, or when it takes far longer than its tests did before. What
was found is added to var/mutants.jsonl; mutants that are listed there are not planted again.
"""

import argparse
import gc
import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from types import FunctionType

import coverage
import pytest

from tests.e2e.servers import ROOT
from tests.mutants.planting import Mutant, mutants_of

ROOMS = (
    "moderation/engine/verdict", "moderation/engine/words", "moderation/sanctions",
    "moderation/pipeline", "moderation/events", "reviews/decisions",
)  # fmt: skip
RESULTS = ROOT / "var" / "mutants.jsonl"
#: Those that start servers would need the fault in another process.
SELECTED = "not slow and not browser and not standalone and not services"
#: A mutant that no test reached within its limit has made something endless.
LEAST_SECONDS, TIMES_AS_LONG = 60, 20
KILLED, SURVIVED, HUNG, UNREACHED = "killed", "survived", "hung", "unreached"
#: How a child ends that could not begin with the tests.
BROKEN_STATUS = 2


class Planter:
    """A pytest plugin that runs the tests against mutants in place of running them once."""

    def __init__(self, rooms: list[str], share: float, most_seconds: float, seed: int) -> None:
        self.most_seconds = most_seconds
        files = [file for room in rooms for file in files_of(ROOT / room)]
        known = {result["id"] for result in results()}
        found = [mutant for file in files for mutant in mutants_of(file)]
        drawn = random.Random(seed).sample(found, round(len(found) * share))
        self.mutants = [mutant for mutant in drawn if identity(mutant) not in known]
        self.coverage = coverage.Coverage(
            data_file=None, config_file=False, include=[str(file) for file in files]
        )
        self.seconds: dict[str, float] = {}
        self.failing: set[str] = set()
        #: Tests that pass in a child without a mutant.
        self.sound: set[str] = set()
        self.has_failed = False

    def run(self, item: pytest.Item, following: pytest.Item) -> bool:
        """Run a test; return whether it passed.

        following: never None, which would end the session's fixtures, the database among them.
        """
        self.has_failed = False
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self.has_failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.has_failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        reached = self._learn(session)
        items = {item.nodeid: item for item in session.items}
        database = _database_file()
        for number, mutant in enumerate(self.mutants, 1):
            tests = self._tests_of(mutant, reached, items)
            verdict, by = self._judge(mutant, tests, database)
            while by in items and not self._passes_without(items[by], database):
                tests.remove(items[by])
                verdict, by = self._judge(mutant, tests, database)
            _write(mutant, verdict, by, len(tests))
            sys.stdout.write(f"{number}/{len(self.mutants)} {verdict:9} {identity(mutant)}\n")
            sys.stdout.flush()
        return True

    def _learn(self, session: pytest.Session) -> dict[tuple[str, int], set[str]]:
        """Run each test once; return by file and line which tests reached it."""
        self.coverage.start()
        for at, item in enumerate(session.items):
            self.coverage.switch_context(item.nodeid)
            began = time.monotonic()
            passed = self.run(item, session.items[(at + 1) % len(session.items)])
            self.seconds[item.nodeid] = time.monotonic() - began
            if not passed:
                self.failing.add(item.nodeid)
                sys.stdout.write(f"fails without a mutant and is left out: {item.nodeid}\n")
        self.coverage.stop()
        data = self.coverage.get_data()
        reached: dict[tuple[str, int], set[str]] = defaultdict(set)
        for file in data.measured_files():
            for line, contexts in data.contexts_by_lineno(file).items():
                reached[file, line].update(filter(None, contexts))
        return reached

    def _passes_without(self, item: pytest.Item, database: Path) -> bool:
        """Say whether a test passes in a child in which nothing was planted; if not, leave it out.

        A few need what a fork does not keep, such as threads: their failures say nothing.
        """
        if item.nodeid not in self.sound:
            verdict, _ = self._judge(None, [item], database)
            if verdict != SURVIVED:
                self.failing.add(item.nodeid)
                sys.stdout.write(f"fails in a child and is left out: {item.nodeid}\n")
                return False
            self.sound.add(item.nodeid)
        return True

    def _tests_of(self, mutant, reached, items) -> list[pytest.Item]:
        """Return the tests that reach the mutant, those of its own room and the quick ones first.

        What a process computes once is reached by the first test alone that needs it, so that all
        tests of the room take part.
        """
        own = str(Path("tests", *mutant.file.relative_to(ROOT).parts[1:-1]))
        if mutant.file.is_relative_to(ROOT / "reviews"):
            own = str(Path("tests", *mutant.file.relative_to(ROOT).parts[:-1]))
        hit = set().union(*(reached.get((str(mutant.file), line), ()) for line in mutant.lines))
        chosen = hit | ({name for name in items if name.startswith(f"{own}/")} if hit else set())
        by_worth = sorted(
            chosen - self.failing,
            key=lambda name: (not name.startswith(f"{own}/"), name not in hit, self.seconds[name]),
        )
        spent, affordable = 0.0, []
        for name in by_worth:
            spent += self.seconds[name]
            if spent > self.most_seconds:
                break
            affordable.append(items[name])
        return affordable

    def _limit(self, tests: list[pytest.Item]) -> float:
        usual = sum(self.seconds[item.nodeid] for item in tests)
        return max(LEAST_SECONDS, TIMES_AS_LONG * usual)

    def _judge(self, mutant: Mutant | None, tests, database: Path) -> tuple[str, str]:
        """Run the tests in a process of its own; return the verdict and which test killed it.

        Raises RuntimeError if the child could not begin: that says nothing about the mutant.
        """
        if not tests:
            return UNREACHED, ""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            signal.alarm(int(self._limit(tests)))
            self._run_in_child(mutant, tests, database, write)
        os.close(write)
        with os.fdopen(read) as told:
            by = told.read()
        _, status = os.waitpid(child, 0)
        for left in database.parent.glob(f"mutant_{child}.sqlite3*"):
            left.unlink()
        if os.WIFSIGNALED(status):
            return (HUNG if os.WTERMSIG(status) == signal.SIGALRM else KILLED), by
        if os.WEXITSTATUS(status) == BROKEN_STATUS:
            raise RuntimeError(f"The child did not begin: {by}")
        return (KILLED if os.WEXITSTATUS(status) else SURVIVED), by

    def _run_in_child(self, mutant: Mutant | None, tests, database: Path, write: int) -> None:
        """Never returns."""
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        try:
            _use_copy_of(database)
            if mutant:
                plant(mutant)
            # Ends the modules' fixtures that the test before needed and this one does not.
            tests[0].session._setupstate.teardown_exact(tests[0])
        except BaseException as error:  # noqa: BLE001 (the parent raises it)
            os.write(write, repr(error).encode())
            os._exit(BROKEN_STATUS)
        try:
            for at, item in enumerate(tests):
                if not self.run(item, tests[(at + 1) % len(tests)]):
                    os.write(write, item.nodeid.encode())
                    os._exit(1)
        except BaseException as error:  # noqa: BLE001 (whatever it is, the mutant caused it)
            os.write(write, repr(error).encode())
            os._exit(1)
        os._exit(0)


def plant(mutant: Mutant) -> None:
    """Give the function, wherever it is held, the mutant's code; drop what was computed without."""
    changed = mutant.code()
    held = [
        one for one in gc.get_objects()
        # Not isinstance, which asks proxies: one whose object is gone raises.
        if type(one) is FunctionType
        and one.__code__.co_filename == str(mutant.file)
        and (one.__code__.co_qualname, one.__code__.co_firstlineno)
        == (mutant.function, mutant.first_line)
    ]  # fmt: skip
    if not held:
        raise LookupError(mutant.function)
    for one in held:
        one.__code__ = changed
    for name, module in list(sys.modules.items()):
        if name.startswith(("moderation.", "reviews.")):
            for value in vars(module).values():
                if callable(forget := getattr(value, "cache_clear", None)):
                    forget()


def _database_file() -> Path:
    from django.db import connection  # noqa: PLC0415 (settings are not read before pytest starts)

    return Path(connection.settings_dict["NAME"])


def _use_copy_of(database: Path) -> None:
    from django.db import connection  # noqa: PLC0415

    copy = database.parent / f"mutant_{os.getpid()}.sqlite3"
    for suffix in ("", "-wal"):
        if Path(f"{database}{suffix}").exists():
            shutil.copy(f"{database}{suffix}", f"{copy}{suffix}")
    connection.settings_dict["NAME"] = str(copy)
    # Dropped, not closed: the handle belongs to the parent.
    connection.connection = None


def files_of(room: Path) -> list[Path]:
    return sorted(room.rglob("*.py")) if room.is_dir() else [room]


def identity(mutant: Mutant) -> str:
    place = f"{mutant.file.relative_to(ROOT)}:{mutant.line}:{mutant.column}"
    return f"{place} {mutant.function}: {mutant.what}"


def results() -> list[dict[str, str]]:
    return (
        [json.loads(line) for line in RESULTS.read_text().splitlines()] if RESULTS.exists() else []
    )


def _write(mutant: Mutant, verdict: str, by: str, tests: int) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    room = next((room for room in ROOMS if mutant.file.is_relative_to(ROOT / room)), "others")
    facts = {"id": identity(mutant), "room": room, "verdict": verdict, "by": by, "tests": tests}
    with RESULTS.open("a") as file:
        file.write(f"{json.dumps(facts)}\n")


def report() -> None:
    by_room: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results():
        by_room[result["room"]][result["verdict"]] += 1
    for room, counts in sorted(by_room.items()):
        caught = counts[KILLED] + counts[HUNG]
        share = 100 * caught / counts.total()
        sys.stdout.write(f"{room}: {caught} of {counts.total()} killed ({share:.1f} %)\n")
    for result in results():
        if result["verdict"] in {SURVIVED, UNREACHED}:
            sys.stdout.write(f"{result['verdict']}: {result['id']}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("rooms", nargs="*", default=ROOMS, help="folders or files")
    parser.add_argument("--share", type=float, default=1.0, help="plant only this share, drawn")
    parser.add_argument("--seed", type=int, default=0, help="another number draws others")
    parser.add_argument("--seconds", type=float, default=30, help="tests of so long for a mutant")
    parser.add_argument("--tests", nargs="+", default=["tests"], help="folders or files of tests")
    parser.add_argument("--report", action="store_true", help="only show what was found")
    parser.add_argument("--afresh", action="store_true", help="forget what was found before")
    options = parser.parse_args()
    if options.afresh:
        RESULTS.unlink(missing_ok=True)
    if not options.report:
        planter = Planter(list(options.rooms), options.share, options.seconds, options.seed)
        arguments = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly", "-m", SELECTED]
        pytest.main([*arguments, *options.tests], plugins=[planter])
    report()


if __name__ == "__main__":
    main()
