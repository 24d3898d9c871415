"""Which vintages claims are checked against: the snapshot, the store, a date, a lock file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from sme_stats import catalogue
from sme_stats.claims.evidence import family
from sme_stats.claims.model import DEMOGRAPHIC, POPULATIONS, Claim
from sme_stats.claims.space import Space, embedded
from sme_stats.codelists import table as codelist
from sme_stats.errors import NotAvailableError, UnknownNameError, UsageError
from sme_stats.frame import DIMENSIONS
from sme_stats.loading import SOURCES, tables
from sme_stats.sources import folders, snapshot

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:?\d{2})?)?)?")


@dataclass(frozen=True)
class Choice:
    """Which vintage of every table.

    Attributes
    ----------
    source : str
        ``auto`` and ``snapshot``: the embedded tables, except those pinned; ``store``: the stored
        tables instead of the embedded ones of the same code; ``live``: those after asking Eurostat.
    at : str
        A date: of every table the newest vintage up to it. Empty for the newest at hand.
    pins : mapping
        Table to the vintage that is meant.
    """

    source: str = "auto"
    at: str = ""
    pins: dict[str, str] = field(default_factory=dict)


def choose(
    source: str = "auto", vintage: Sequence[str] = (), lock: str | Path | None = None
) -> Choice:
    """Read which vintages are meant from the words of the command line.

    Parameters
    ----------
    source : {"auto", "snapshot", "store", "live"}
        See `Choice`.
    vintage : sequence of str
        ``DATASET@VINTAGE`` pins one table; a date alone (``2025-10-13``, ``2025``) means the state
        of all tables at that time, releases included.
    lock : str or pathlib.Path, optional
        Lock file; its tables are pinned, and hashed to be sure.

    Raises
    ------
    UsageError
        If a vintage is neither of the two forms, or two dates are given.
    UnknownNameError, NotAvailableError
        If a pinned vintage is not at hand, or its cells are others than the lock file says.

    Examples
    --------
    >>> choose(vintage=["2025-10-13"]).at, choose(vintage=["bd_size@2026-11"]).pins
    ('2025-10-13', {'bd_size': '2026-11'})
    """
    if source not in SOURCES:
        raise UnknownNameError("source", source, SOURCES)
    dates = [v for v in vintage if "@" not in v]
    if len(dates) > 1 or not all(_DATE.fullmatch(date) for date in dates):
        raise UsageError(
            f"--vintage {', '.join(dates)}: give one date such as 2025-10-13, or DATASET@VINTAGE; "
            "`sme-stats vintages` lists those at hand"
        )
    pairs = [v.rpartition("@") for v in vintage if "@" in v]
    pins = {folders.table_code(code): pinned for code, _, pinned in pairs}
    if lock:
        pins = _locked(Path(lock)) | pins
    return Choice(source, dates[0] if dates else "", pins)


def _locked(path: Path) -> dict[str, str]:
    from sme_stats.sources import locks
    from sme_stats.sources.store import Store

    found = locks.read(path)
    locks.verify(Store(), found)
    return {pin.dataset: pin.vintage for pin in found}


def space_of(
    choice: Choice | None = None, claims: Iterable[Claim] = (), against: Choice | None = None
) -> Space:
    """Definition space over the vintages that are meant.

    Parameters
    ----------
    choice : Choice, optional
        By default the embedded snapshot.
    claims : iterable of Claim
        Activities below sections are read only where a claim names them.
    against : Choice, optional
        An earlier state, by which a verdict tells *revised* from *wrong*.

    Raises
    ------
    NotAvailableError
        If no table is of that time.
    UnknownNameError
        If a pinned vintage is not at hand; names those that are.
    """
    chosen = choice or Choice()
    if against is None and chosen in (Choice(), Choice("snapshot")):
        return embedded()
    claims = list(claims)
    activities = activities_of(claims)
    if chosen.source == "live":
        _fetch(needed(claims))
    earlier = None if against is None else Space(_frames(against, activities))
    return Space(_frames(chosen, activities), earlier)


def needed(claims: Iterable[Claim]) -> list[str]:
    """Embedded tables that claims can be about, by their kind and years; the newest for none.

    Examples
    --------
    >>> needed([])
    ['bd_size', 'sbs_sc_ovw']
    """
    flows = [catalogue.entries()[code] for code in snapshot.manifest() if code != "releases"]
    last = {family(f.code): max(g.years[1] for g in flows if family(g.code) == family(f.code))
            for f in flows}  # fmt: skip
    pairs = [
        ("bd" if c.measure in DEMOGRAPHIC or c.population == "business-demography" else "sbs", y)
        for c in claims for y in {c.year, c.base_year or c.year}
    ] or [("bd", None), ("sbs", None)]  # fmt: skip
    return [
        f.code for f in flows
        if any(kind == family(f.code) and f.years[0] <= (year or last[kind]) <= f.years[1]
               for kind, year in pairs)
    ]  # fmt: skip


def earlier_than(choice: Choice, vintage: Sequence[str]) -> Choice:
    """Choose the state of `vintage` from the same source; tables that it does not name stay pinned.

    Examples
    --------
    >>> earlier_than(choose(vintage=["bd_size@2026-11"]), ["2025"]).at
    '2025'
    """
    asked = choose(choice.source, vintage)
    if asked.at:
        return asked
    return replace(asked, at=choice.at, pins=choice.pins | asked.pins)


def _frames(choice: Choice, activities: frozenset[str]) -> list[pd.DataFrame]:
    codes = dict.fromkeys([*snapshot.manifest(), *choice.pins])
    if choice.source in ("store", "live"):
        codes |= dict.fromkeys(c for c in folders.datasets(folders.cache_dir()) if _sized(c))
    frames = [frame for code in codes if len(frame := _frame(choice, code, activities))]
    if not frames:
        raise NotAvailableError(
            f"no table at hand is of {choice.at} or earlier; `sme-stats vintages` lists those that "
            "there are"
        )
    return frames


def _sized(code: str) -> bool:
    """Whether a stored table has size classes that claims can be about."""
    flow = catalogue.entries().get(code)
    return flow is not None and bool(flow.size_basis)


def _fetch(codes: Iterable[str]) -> None:
    from sme_stats.sources import keeping

    keeping.fetch(*codes)


def _frame(choice: Choice, code: str, activities: frozenset[str]) -> pd.DataFrame:
    """Cells of one table in the vintage that is meant; no rows where there is none."""
    kept = [] if code == "releases" else folders.vintages(folders.cache_dir(), code)
    pinned = choice.pins.get(code)
    if pinned is not None and choice.source != "snapshot" and pinned in kept:
        return _stored(code, pinned, activities)
    if choice.source in ("store", "live") and pinned is None:
        past = [v for v in kept if not choice.at or _until(v, choice.at)]
        if past:
            return _stored(code, past[-1], activities)
    return _embedded(code, pinned, choice.at, kept)


def _embedded(code: str, pinned: str | None, at: str, kept: Sequence[str]) -> pd.DataFrame:
    if pinned is None and code not in snapshot.manifest():
        return pd.DataFrame()
    frame = tables(code)[0] if code in snapshot.manifest() else pd.DataFrame({"vintage": []})
    names = pd.Categorical(frame["vintage"]).categories.astype(str)
    if pinned is not None:
        if pinned not in names:
            raise UnknownNameError(
                f"vintage of {code}", pinned, [*kept, *names],
                f"fetch it while it is the newest: `sme-stats fetch {code}`",
            )  # fmt: skip
        return frame[(frame["vintage"] == pinned).to_numpy()]
    if not at:
        return frame
    past = [name for name in names if _until(name, at)]
    return frame[frame["vintage"].isin(past).to_numpy()]


def _until(vintage: str, at: str) -> bool:
    """Whether a vintage is of a date or before it; a month counts from its first day."""
    return vintage[: len(at)] <= at


def _stored(code: str, vintage: str, activities: frozenset[str]) -> pd.DataFrame:
    from sme_stats.sources.store import Store

    store = Store()
    wanted = {
        name: tuple(sorted(activities))
        for name in store.dimensions(code, vintage)
        if DIMENSIONS.get(name, name) == "nace"
    }
    return store.read(code, vintage, wanted)


def activities_of(claims: Iterable[Claim]) -> frozenset[str]:
    """Totals, sections and their sums, what claims name: a tenth of a stored table and less.

    Examples
    --------
    >>> "C" in activities_of([]), "C10" in activities_of([])
    (True, False)
    """
    sections = {code for code in codelist("NACE") if len(code) == 1}
    sections |= {code for code, row in codelist("NACE").items() if row["parts"]}
    totals = {code for named in POPULATIONS.values() for code in named}
    named = {claim.population.rpartition(":")[2] for claim in claims if claim.population}
    return frozenset(sections | totals | {"B-S_X_K642"} | named)
