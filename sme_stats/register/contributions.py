"""The two largest contributions to every cell, for the rules on dominance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from sme_stats.register.adapter import collect
from sme_stats.register.disclosure import SIZE_SUMS
from sme_stats.register.margins import AGGREGATES, KEYS, members_of
from sme_stats.register.records import BD_CLASSES, HEADS, SBS_CLASSES, classed
from sme_stats.register.schema import INSIDE


def largest(rows: nw.LazyFrame[Any], keys: Sequence[str], measures: Sequence[str]) -> pd.DataFrame:
    """Largest and second largest absolute contribution to every cell, and their absolute sum.

    Returns
    -------
    pandas.DataFrame
        `keys`, then ``{measure}_1``, ``{measure}_2`` (0 with a single contributor) and
        ``{measure}_sum`` for each measure.
    """
    sized = rows.select(*keys, **{m: nw.col(m).abs() for m in measures})
    top = sized.group_by(keys).agg(**{f"{m}_1": nw.col(m).max() for m in measures})
    both = sized.join(top, on=list(keys), how="inner")
    zero, one = nw.lit(0.0), nw.lit(1.0)
    columns: dict[str, nw.Expr] = {}
    for m in measures:
        is_top = nw.col(m) == nw.col(f"{m}_1")
        columns[f"{m}_ties"] = nw.when(is_top).then(one).otherwise(zero)
        columns[f"{m}_rest"] = nw.when(is_top).then(zero).otherwise(nw.col(m))
    found = both.with_columns(**columns).group_by(keys).agg(**{
        name: expr
        for m in measures
        for name, expr in (
            (f"{m}_1", nw.col(f"{m}_1").max()), (f"{m}_ties", nw.col(f"{m}_ties").sum()),
            (f"{m}_rest", nw.col(f"{m}_rest").max()), (f"{m}_sum", nw.col(m).sum()),
        )
    })  # fmt: skip
    out = collect(found)
    for m in measures:
        out[f"{m}_2"] = np.where(out[f"{m}_ties"] > 1, out[f"{m}_1"], out[f"{m}_rest"])
    kept = [f"{m}_{what}" for m in measures for what in ("1", "2", "sum")]
    return out[[*keys, *kept]]


def combined(cells: pd.DataFrame, keys: Sequence[str], measure: str) -> pd.DataFrame:
    """Two largest and sum of the union of cells that share `keys`.

    Returns
    -------
    pandas.DataFrame
        `keys`, ``first``, ``second``, ``total``.
    """
    every = list(keys)
    tops = [cells[every].assign(x=cells[f"{measure}_{n}"]) for n in (1, 2)]
    long = pd.concat(tops, ignore_index=True).sort_values("x", ascending=False, kind="stable")
    rank = long.groupby(every).cumcount()
    out: pd.DataFrame = cells.groupby(every)[[f"{measure}_sum"]].sum().reset_index()
    out = out.rename(columns={f"{measure}_sum": "total"})
    for number, name in enumerate(("first", "second")):
        out = out.merge(long[rank == number].rename(columns={"x": name}), on=every, how="left")
    return out.fillna({"second": 0.0})


def with_margins(
    cells: pd.DataFrame, measure: str, margins: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Two largest and sum of every cell and margin of one measure.

    Parameters
    ----------
    cells : pandas.DataFrame
        `KEYS` and what `largest` gives of `measure`.
    measure : str
        Its short name.
    margins : mapping
        Size that is a margin to the classes in it.

    Returns
    -------
    pandas.DataFrame
        `KEYS`, ``first``, ``second``, ``total``.
    """
    parts = [cells, *(
        cells[cells["size"].isin(inside)].assign(size=code) for code, inside in margins.items()
    )]  # fmt: skip
    sized = pd.concat(parts, ignore_index=True)
    parts = [sized, *(
        sized[sized["act"].isin(members_of(code))].assign(act=code) for code in AGGREGATES
    )]  # fmt: skip
    return combined(pd.concat(parts, ignore_index=True), KEYS, measure)


def contributions(
    active: nw.LazyFrame[Any], changed: nw.LazyFrame[Any], grown: nw.LazyFrame[Any] | None,
    measures: Sequence[str],
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Two largest contributions and sums of every measure of every table.

    Parameters
    ----------
    active, changed, grown : narwhals.LazyFrame
        Active records; of them those in which an enterprise begins or ends; and those of high
        growth, or None without employees.
    measures : sequence of str
        Short names of the measures of structural business statistics.

    Returns
    -------
    dict
        Measure to `KEYS`, ``first``, ``second``, ``total``.
    """
    active = classed(active)
    names = active.collect_schema().names()
    classes = [k for k in ("sbs", "bd") if k in names]
    keys = ["year", "geo", "act"]
    found = {}
    base = _inside(largest(active, [*keys, *classes], measures))
    for measure in measures:
        kinds = classes if measure in HEADS.values() else ["sbs"]
        parts = [_sized(base, kind, measure) for kind in kinds]
        found[measure] = pd.concat(parts).drop_duplicates(KEYS)
    events = [n for n in changed.collect_schema().names() if n[-2:] in ("_p", "_e")]
    kind = ["bd"] if "bd" in classes else []
    moved = _inside(largest(changed, [*keys, *kind], events))
    for event in events:
        found[event] = _sized(moved, "bd" if kind else "", event)
    if grown is not None:
        top = _inside(largest(grown, keys, ["e"])).assign(size="TOTAL")
        found["hg"] = with_margins(top, "e", {})
    return found


def _inside(cells: pd.DataFrame) -> pd.DataFrame:
    return cells[cells["act"].isin(INSIDE)]


def _sized(cells: pd.DataFrame, kind: str, measure: str) -> pd.DataFrame:
    codes = {"sbs": SBS_CLASSES, "bd": BD_CLASSES}.get(kind, ())
    size = cells[kind].map(dict(enumerate(codes))) if kind else "TOTAL"
    finest = combined(cells.assign(size=size), KEYS, measure)
    named = {"first": f"{measure}_1", "second": f"{measure}_2", "total": f"{measure}_sum"}
    margins = {m: parts for m, parts in SIZE_SUMS if kind and set(parts) <= set(codes)}
    return with_margins(finest.rename(columns=named), measure, margins)
