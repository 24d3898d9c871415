"""Synthetic registers: as many firm-years as wanted, in a stream, labelled as what they are."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.special import ndtr

from sme_stats.errors import InputError, UsageError
from sme_stats.register.distributions import SizeTable, countries, size_table
from sme_stats.register.schema import INSIDE

Array = np.ndarray[Any, np.dtype[Any]]

#: Rows of one file, about.
BLOCK = 500_000
#: Correlation of an enterprise's size rank from one year to the next. Made up: the embedded tables
#: say nothing of how single enterprises grow.
PERSISTENCE = 0.998
#: Enterprises that enter, and as many that leave, by a merger or break-up, as a fraction of the
#: active ones. Made up, so that the rules for events have something to do.
EVENTS = 0.002
#: Spread of turnover (log) around what is expected of the size; value added is 10 to 50 % of it.
#: Made up.
SPREAD, VALUE_ADDED = 0.8, (0.1, 0.5)
#: What stands in every folder and in the metadata of every file.
LABEL = "synthetic register: generated, no row is of a real enterprise"


@dataclass(frozen=True)
class Generated:
    """What `generate` wrote.

    Attributes
    ----------
    path : pathlib.Path
        Folder.
    rows, enterprises, files : int
        How much is in it.
    geo : tuple of str
        Countries.
    label : str
        That it is synthetic.

    Examples
    --------
    >>> print(Generated(Path("register"), 1000, 170, 1, ("AT",)).label)
    synthetic register: generated, no row is of a real enterprise
    """

    path: Path
    rows: int
    enterprises: int
    files: int
    geo: tuple[str, ...]
    label: str = LABEL


def generate(
    path: str | Path,
    firm_years: int = 1_000_000,
    years: tuple[int, int] = (2012, 2023),
    geo: Sequence[str] | None = None,
    seed: int = 0,
    like: int = 2023,
    progress: Callable[[str, int, int], None] | None = None,
) -> Generated:
    """Write a synthetic register: about as many firm-years as asked for, never in memory at once.

    Size classes by persons employed and by employees, their average sizes and their turnover are
    those that sbs_sc_ovw and bd_size publish for each country; births and deaths come at its
    published rates (the EU's where a country's are not embedded). Within a class sizes follow a
    power law, from 250 persons on a Pareto tail. Everything else is made up and is no statistic:
    activities are drawn evenly over sections, growth of single enterprises is a random walk of
    ranks, and value added a random part of turnover.

    Parameters
    ----------
    path : str or pathlib.Path
        Folder to write; must not exist, or be empty.
    firm_years : int
        Rows, about.
    years : tuple of int
        First and last year of the register.
    geo : sequence of str, optional
        Countries; by default all whose cells are complete. Each has its share of the enterprises.
    seed : int
        Same seed, same register.
    like : int
        Year of the published cells.
    progress : callable, optional
        Called with step, files done and files in all.

    Returns
    -------
    Generated
        What was written: a folder a country, files of about half a million rows, `LABEL` in
        ``SYNTHETIC.txt`` and in the metadata of each file, and the column ``synthetic`` true in
        every row, from which `tabulate` labels its tables.

    Raises
    ------
    InputError
        If the folder has something in it.
    NotAvailableError
        If a country's cells do not suffice.

    Examples
    --------
    >>> import tempfile
    >>> made = generate(tempfile.mkdtemp() + "/register", firm_years=2000, geo=["AT"], seed=7)
    >>> made.geo, made.files, made.label
    (('AT',), 1, 'synthetic register: generated, no row is of a real enterprise')
    """
    first, last = years
    if firm_years < 1 or last < first:
        raise UsageError(f"{firm_years} firm-years from {first} to {last}: nothing to generate")
    target = Path(path)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(
            f"{target} is there already; a register is written into a folder of its own"
        )
    sizes = {g: size_table(g, like) for g in (geo or countries(like))}
    target.parent.mkdir(parents=True, exist_ok=True)
    # Written beside, then moved: a folder under the name asked for is whole.
    beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        facts = {
            "seed": seed,
            "years": [first, last],
            "like": like,
            "version": version("sme-stats"),
        }
        (beside / "SYNTHETIC.txt").write_text(f"{LABEL}\n{json.dumps(facts)}\n", encoding="utf-8")
        rows, enterprises, files = _write(
            beside, _plan(sizes, firm_years, last - first + 1), sizes, first, seed, facts, progress
        )
        if target.exists():
            target.rmdir()
        beside.replace(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return Generated(target, rows, enterprises, files, tuple(sizes))


def _plan(sizes: dict[str, SizeTable], firm_years: int, years: int) -> list[tuple[str, int]]:
    """Country and number of enterprises of each file."""
    total = sum(table.enterprises for table in sizes.values())
    plan = []
    for geo, table in sizes.items():
        rows = firm_years * table.enterprises / total
        entries = _entries(table, years)
        active = _active(table, years)
        firms = max(round(rows * entries.sum() / active.sum()), 1)
        blocks = max(round(rows / BLOCK), 1)
        edges = np.linspace(0, firms, blocks + 1).round().astype(int)
        plan += [(geo, int(n)) for n in np.diff(edges)]
    return plan


def _active(table: SizeTable, years: int) -> Array:
    """Active enterprises by year, the first being 1: births and deaths at constant rates."""
    growth = (1 - table.death_rate - EVENTS) / (1 - table.birth_rate - EVENTS)
    path: Array = growth ** np.arange(years)
    return path


def _entries(table: SizeTable, years: int) -> Array:
    """Enterprises by the year that they enter in; in the first year all are there."""
    path = _active(table, years)
    return np.concatenate([path[:1], path[1:] * (table.birth_rate + EVENTS)])


def _write(
    folder: Path, plan: list[tuple[str, int]], sizes: dict[str, SizeTable], first: int, seed: int,
    facts: dict[str, object], progress: Callable[[str, int, int], None] | None,
) -> tuple[int, int, int]:  # fmt: skip
    rows, known = 0, 0
    metadata = {"sme_stats.label": LABEL, "sme_stats.synthetic": json.dumps(facts)}
    years = facts["years"]
    count = years[1] - years[0] + 1  # type: ignore[index]
    seeds = np.random.SeedSequence(seed).spawn(len(plan))
    for number, ((geo, firms), own) in enumerate(zip(plan, seeds, strict=True)):
        block = _block(np.random.default_rng(own), sizes[geo], geo, known, firms, first, count)
        (folder / geo).mkdir(exist_ok=True)
        pq.write_table(
            block.replace_schema_metadata(metadata), folder / geo / f"part-{number:05}.parquet"
        )
        rows, known = rows + len(block), known + firms
        if progress:
            progress(geo, number + 1, len(plan))
    return rows, known, len(plan)


def _block(
    rng: np.random.Generator, table: SizeTable, geo: str, known: int, firms: int, first: int,
    years: int,
) -> pa.Table:  # fmt: skip
    """All years of some enterprises of a country."""
    entries = _entries(table, years)
    entry = rng.choice(years, size=firms, p=entries / entries.sum())
    leaving = table.death_rate + EVENTS
    end = np.minimum(entry + rng.geometric(leaving, firms), years)
    by_event = rng.random((2, firms))
    came = (by_event[0] < EVENTS / (table.birth_rate + EVENTS)) & (entry > 0)
    went = by_event[1] < EVENTS / leaving
    lives = end - entry
    firm = np.repeat(np.arange(firms), lives)
    year = np.arange(len(firm)) - np.repeat(np.cumsum(lives) - lives, lives) + entry[firm]
    state = np.searchsorted(table.cumulated, _ranks(rng, firms, years)[firm, year])
    state = np.minimum(state, len(table.persons) - 1)
    turnover = table.turnover[state] * rng.lognormal(-(SPREAD**2) / 2, SPREAD, len(firm))
    turnover = np.maximum(turnover.round(2), 0.01)
    codes = np.array([code if len(code) > 1 else f"{code}00" for code in INSIDE])
    low, high = VALUE_ADDED
    starts, ends = year == entry[firm], (year == end[firm] - 1) & (end[firm] < years)
    return pa.table({
        "firm_id": firm + known + 1,
        "year": (year + first).astype(np.int16),
        "nace": _text(rng.integers(0, len(codes), firms)[firm], codes),
        "geo": _text(np.zeros(len(firm), np.int8), np.array([geo])),
        "persons_employed": table.persons[state],
        "employees": table.employees[state],
        "turnover": turnover,
        "value_added": (turnover * rng.uniform(low, high, len(firm))).round(2),
        "entry_event": _text((starts & came[firm]).astype(np.int8), np.array(["", "break_up"])),
        "exit_event": _text((ends & went[firm]).astype(np.int8), np.array(["", "merger"])),
        "synthetic": np.ones(len(firm), dtype=bool),
    })  # fmt: skip


def _ranks(rng: np.random.Generator, firms: int, years: int) -> Array:
    """Rank of size, 0 to 1, of every enterprise in every year: uniform, and slow to change."""
    steps = rng.standard_normal((firms, years))
    steps[:, 1:] *= np.sqrt(1 - PERSISTENCE**2)
    for year in range(1, years):
        steps[:, year] += PERSISTENCE * steps[:, year - 1]
    ranks: Array = ndtr(steps)
    return ranks


def _text(code: Array, words: Array) -> pa.Array:
    """Strings from a few words; Parquet keeps them as a dictionary by itself."""
    return pa.DictionaryArray.from_arrays(
        pa.array(code.astype(np.int8)), pa.array(words)
    ).dictionary_decode()  # fmt: skip
