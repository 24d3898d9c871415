"""What several folders of tests use: small frames and a home of their own."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings

from sme_stats.frame import tidy

from .selection import IS_TRACED, select

# A deadline measures the machine, not the code; speed lives in benchmarks/. CI draws the same
# examples on every run, and with `--exhaustive` more of them. A mutant is tried on few: what they
# kill is dead.
settings.register_profile("here", deadline=None, max_examples=30)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=30)
settings.register_profile("exhaustive", deadline=None, derandomize=True, max_examples=300)
settings.register_profile("mutants", deadline=None, derandomize=True, max_examples=5)
PROFILE = {"SME_STATS_MUTANTS": "mutants", "CI": "ci"}
settings.load_profile(next((PROFILE[name] for name in PROFILE if os.environ.get(name)), "here"))

#: One cell: a number, or None for a withheld one; with a flag as (number, flag).
Cell = float | None | tuple[float | None, str]


def frame_of(table: Mapping[str, Cell], **common: object) -> pd.DataFrame:
    """Frame of one group from size to cell; `half` is half of the last digit where rounded."""
    half = common.pop("half", None)
    pairs = [cell if isinstance(cell, tuple) else (cell, "") for cell in table.values()]
    value = np.array([np.nan if number is None else float(number) for number, _ in pairs])
    group = {
        "dataset": "synthetic", "vintage": "2026-01-01", "indic": "EMP_NR",
        "measure": "persons_employed", "unit": "NR", "nace": "C", "geo": "DE", "year": 2023,
    }  # fmt: skip
    columns = {name: [text] * len(pairs) for name, text in (group | common).items()}
    columns |= {
        "size": list(table), "value": value, "flag": [flag for _, flag in pairs],
        "conf": ["C" if number is None else "" for number, _ in pairs],
    }  # fmt: skip
    if half is not None:
        columns |= {"lower": value - half, "upper": value + half}
    return tidy(columns)


def pytest_addoption(parser):
    said = "every case of every long walk, and properties with all their examples"
    parser.addoption("--exhaustive", action="store_true", help=said)


def pytest_configure(config):
    if config.getoption("--exhaustive"):
        settings.load_profile("exhaustive")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    left_out = select(items, config.getoption("--exhaustive"))
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish(session):
    """What is imported by now stays: the collector of garbage need not go through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """With tracing only where it tells something that other cases do not."""
    tracer = sys.gettrace()
    if tracer is None or item.stash[IS_TRACED]:
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


@pytest.fixture(scope="session")
def steps(request) -> Callable[..., int]:
    """How many of so many random steps to go: all with `--exhaustive`, a tenth without."""
    whole = request.config.getoption("--exhaustive")
    return lambda number, least=1: number if whole else max(number // 10, least)


@pytest.fixture(scope="session")
def cells() -> Callable[..., pd.DataFrame]:
    """Builder of small frames."""
    return frame_of


@pytest.fixture(scope="session")
def once(tmp_path_factory, request):
    """Folder that is filled once a run, whichever test process comes first; the others wait."""
    base = tmp_path_factory.getbasetemp()
    root = base.parent if hasattr(request.config, "workerinput") else base

    def folder(name: str, fill: Callable[[Path], object]) -> Path:
        with FileLock(root / f"{name}.lock"):
            if not (root / name / "filled").exists():
                (root / name).mkdir()
                fill(root / name)
                (root / name / "filled").touch()
        return root / name

    return folder


@pytest.fixture
def home(monkeypatch, tmp_path):
    """No store, no network: what loads comes from the embedded figures."""
    monkeypatch.setenv("SME_STATS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("SME_STATS_OFFLINE", "1")
    return tmp_path
