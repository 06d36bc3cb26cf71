"""The benchmark runs through and names every case; what it measures is not judged here."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.cases import CASES
from bench.engine import NAMES

pytestmark = [pytest.mark.slow, pytest.mark.standalone]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def quick_table():
    command = [sys.executable, "bench/run.py", "--quick"]
    done = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=1200
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1:3] for line in done.stdout.splitlines() if "|" in line]
    return [(database.strip(), case.strip()) for database, case in rows]


@pytest.mark.parametrize("figure", ["p50 ms", "deliveries", "empty, per second"])
def test_quick_run_measures_sockets_and_a_full_table(figure, quick_table):
    assert [database for database, case in quick_table if case == figure] == ["database"]


@pytest.mark.parametrize("case", [case.name for case in CASES])
def test_quick_run_measures_every_case_on_sqlite(case, quick_table):
    assert ("SQLite", case) in quick_table
    assert case == "empty DRF view" or ("SQLite", f"rival: {case}") in quick_table


@pytest.mark.services("postgresql")
@pytest.mark.parametrize("case", [case.name for case in CASES])
def test_quick_run_measures_every_case_on_postgresql(case, quick_table):
    assert ("PostgreSQL", case) in quick_table


def test_an_attack_costs_another_tenant_no_check():
    options = ["--seconds", "2", "--database", "SQLite", "--only", "forms of 17 MB"]
    done = subprocess.run(
        [sys.executable, "bench/attacks.py", *options],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    row = next(line for line in done.stdout.splitlines() if "forms of 17 MB" in line)
    _, _, _, _, checks, lost, memory, alive, _ = (cell.strip() for cell in row.split("|"))
    assert (int(checks) > 0, lost, alive) == (True, "0", "yes")
    assert int(memory) < 200


def test_quick_run_measures_each_way_a_projects_model_takes_part():
    command = [sys.executable, "bench/learning.py", "--quick"]
    done = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    first_cells = {line.split("|")[1].strip() for line in done.stdout.splitlines() if "|" in line}
    assert {"bundled model alone", "a project's model in shadow"} <= first_cells


def test_quick_run_of_the_engine_names_every_stage():
    command = [sys.executable, "bench/engine.py", "--quick"]
    done = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    first_cells = {line.split("|")[1].strip() for line in done.stdout.splitlines() if "|" in line}
    assert {f"{stage}, median" for stage in NAMES} <= first_cells


@pytest.mark.services("postgresql")
def test_the_lists_are_measured_on_a_filled_project():
    command = [sys.executable, "bench/million.py", "--rows", "5000", "--only", "appeals"]
    done = subprocess.run(
        command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "| appeals open | 10 |" in done.stdout


def test_checks_are_measured_beside_a_backtest():
    options = ["--rows", "300", "--seconds", "1", "--database", "SQLite"]
    done = subprocess.run(
        [sys.executable, "bench/backtest.py", *options],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "| SQLite | ratio |" in done.stdout
