"""What a user does with the store: fetch, list, compare, describe and lock vintages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sme_stats import catalogue
from sme_stats.errors import (
    DataError,
    FormatError,
    NotAvailableError,
    SmeStatsError,
    SourceError,
    TransientError,
    UnknownNameError,
)
from sme_stats.sources import descriptions, differences, locks, snapshot
from sme_stats.sources.folders import table_code
from sme_stats.sources.store import Store


def fetch(*datasets: str, everything: bool = False) -> pd.DataFrame:
    """Bring the newest vintage of tables into the store, each whole.

    Parameters
    ----------
    *datasets : str
        Eurostat's codes.
    everything : bool, default False
        All dataflows of the catalogue.

    Returns
    -------
    pandas.DataFrame
        ``dataset``, ``vintage``, ``cells``, ``fresh`` (False where the store had it already),
        ``path``.

    Raises
    ------
    SourceError
        If Eurostat gave no whole, consistent answer on a table; nothing half is kept. The others
        are fetched all the same, and stay.

    Examples
    --------
    >>> fetch("../etc/passwd")
    Traceback (most recent call last):
    sme_stats.errors.UsageError: '../etc/passwd' is not a code: letters, digits and _ only
    """
    asked = list(datasets)
    if everything:
        asked += [f.code for f in catalogue.entries().values() if f.dimensions and f.cells is None]
    if not asked:
        raise UnknownNameError("dataset", "", catalogue.entries(), "name one, or take all")
    rows, failed = _fetch_each([table_code(code) for code in dict.fromkeys(asked)])
    if failed and not rows and len(set(map(str, failed.values()))) == 1:
        raise next(iter(failed.values()))
    if failed:
        words = "; ".join(f"{code}: {error}" for code, error in failed.items())
        raise SourceError(
            f"{len(failed)} of {len(rows) + len(failed)} tables could not be fetched, the other "
            f"{len(rows)} are in the store. {words}"
        )
    return pd.DataFrame(rows)


def _fetch_each(codes: list[str]) -> tuple[list[dict[str, object]], dict[str, SmeStatsError]]:
    """Fetch tables one after the other; what went wrong with one is kept for the end.

    After two outages in a row the others are not tried: each would take a minute to fail.
    """
    from sme_stats.sources.eurostat import Eurostat

    eurostat = Eurostat()
    rows: list[dict[str, object]] = []
    failed: dict[str, SmeStatsError] = {}
    outages = 0
    for code in codes:
        try:
            if outages == 2:
                raise TransientError("not tried after two outages in a row; try again later")
            found = eurostat.fetch(code)
        except (DataError, FormatError) as error:
            failed[code] = error
            outages = min(2, outages + 1) if isinstance(error, TransientError) else 0
            continue
        outages = 0
        rows.append({
            "dataset": found.dataset, "vintage": found.vintage, "cells": found.cells,
            "fresh": found.fresh, "path": str(found.path),
        })  # fmt: skip
    return rows, failed


def vintages(dataset: str = "") -> pd.DataFrame:
    """List the vintages at hand, those of the embedded snapshot included.

    Parameters
    ----------
    dataset : str, optional
        Of one table only.

    Returns
    -------
    pandas.DataFrame
        ``dataset``, ``vintage``, ``source`` (store or snapshot), ``cells``, ``fetched``,
        ``sha256`` (of the cells; the snapshot's of its file), oldest first.

    Examples
    --------
    >>> vintages("bd_size")["source"].tolist()[-1]
    'snapshot'
    """
    store, parts = Store(), snapshot.manifest()
    asked = [table_code(dataset)] if dataset else sorted({*store.datasets(), *parts})
    rows = [_stored(store, code, vintage) for code in asked for vintage in store.vintages(code)]
    rows += [
        {"dataset": code, "vintage": parts[code].vintage, "source": "snapshot",
         "cells": parts[code].rows, "fetched": "", "sha256": parts[code].sha256}
        for code in asked if code in parts
    ]  # fmt: skip
    if not rows:
        raise NotAvailableError(
            f"{dataset or 'no table'} is neither in the store nor in the snapshot; fetch it with "
            f"`sme-stats fetch {dataset}`"
        )
    return pd.DataFrame(rows).sort_values("dataset", kind="stable", ignore_index=True)


def _stored(store: Store, code: str, vintage: str) -> dict[str, object]:
    about = store.about(code, vintage)
    return {
        "dataset": code, "vintage": vintage, "source": "store", "cells": int(about["cells"]),
        "fetched": about.get("fetched", ""), "sha256": about.get("sha256", ""),
    }  # fmt: skip


def diff(dataset: str, before: str | None = None, after: str | None = None) -> pd.DataFrame:
    """Compare two stored vintages of a table cell by cell, the largest change first.

    Parameters
    ----------
    dataset : str
        Eurostat's code.
    before, after : str, optional
        Vintages; by default the last two.

    Returns
    -------
    pandas.DataFrame
        See `sme_stats.sources.differences.compare`.

    Raises
    ------
    NotAvailableError
        If there are not two.

    Examples
    --------
    >>> diff("no_such_table")
    Traceback (most recent call last):
    sme_stats.errors.NotAvailableError: the store has 0 vintage(s) of no_such_table, a comparison \
takes two; fetch it again after its next update
    """
    store = Store()
    known = store.vintages(dataset)
    if len(known) < 2 and (before is None or after is None):
        raise NotAvailableError(
            f"the store has {len(known)} vintage(s) of {dataset}, a comparison takes two; fetch it "
            "again after its next update"
        )
    return differences.compare(
        store.read(dataset, before or known[-2]), store.read(dataset, after or known[-1])
    )


def show(
    dataset: str, source: str = "auto", lang: str = "en", vintage: str | None = None
) -> dict[str, object]:
    """Describe a table: dimensions, codes in use with labels, years, units, breaks, size.

    Parameters
    ----------
    dataset : str
        Eurostat's code.
    source : {"auto", "snapshot", "store", "live"}
        As in `sme_stats.load`; ``live`` asks for the structure only, not for the cells.
    lang : {"en", "fr", "de"}
        Of the labels.
    vintage : str, optional
        Of a stored table; by default the newest.

    Returns
    -------
    dict
        See `sme_stats.sources.descriptions.describe`.

    Examples
    --------
    >>> show("sbs_sc_ovw", source="snapshot")["dimensions"]["size"]["GE250"]
    '250 persons employed or more'
    """
    code = dataset.lower()
    kept = [] if code == "releases" else Store().vintages(code)
    if source == "store" or (source == "auto" and (kept if vintage is None else vintage in kept)):
        title = Store().about(code, vintage).get("title", "")
        return descriptions.describe(Store().read(code, vintage), lang, title)
    part = snapshot.manifest().get(code)
    if vintage is not None and (source == "live" or part is None or part.vintage != vintage):
        raise UnknownNameError(
            f"vintage of {code}", vintage, [*kept, *([part.vintage] if part else [])],
            "Eurostat serves only the newest, which `sme-stats fetch` keeps",
        )  # fmt: skip
    if source != "live" and part is not None:
        return descriptions.describe(snapshot.whole(code), lang)
    if source == "snapshot":
        raise UnknownNameError("dataset in the embedded snapshot", code, snapshot.manifest())
    return descriptions.describe_live(code, lang)


def lock(path: str | Path, *datasets: str, check: bool = False) -> list[locks.Pin]:
    """Write a lock file of stored vintages, or check the store against one.

    Parameters
    ----------
    path : str or pathlib.Path
        The file, TOML.
    *datasets : str
        Tables, ``dataset`` for the newest stored vintage or ``dataset@vintage``; all stored ones
        by default.
    check : bool, default False
        Read the file instead, and hash the stored cells anew.

    Returns
    -------
    list of Pin
        ``dataset``, ``vintage``, ``sha256`` and ``cells`` of every table in the file.

    Raises
    ------
    NotAvailableError
        If the store holds none, or other cells than the file says.

    Examples
    --------
    >>> lock("sme-stats.lock", "no_such_table@2026-03-10")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    sme_stats.errors.NotAvailableError: no_such_table is not in the store ...
    """
    store = Store()
    if check:
        found = locks.read(Path(path))
        locks.verify(store, found)
        return found
    found = locks.pins(store, datasets or store.datasets())
    if not found:
        raise NotAvailableError("the store is empty; fetch a table before locking it")
    locks.write(Path(path), found)
    return found
