"""Disclosure control: which cells would tell of an enterprise, and the tables without them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sme_stats.codelists import size_range
from sme_stats.errors import UsageError
from sme_stats.register.margins import AGGREGATES, members_of
from sme_stats.register.records import BD_CLASSES, SBS_CLASSES

Array = np.ndarray[Any, np.dtype[Any]]

#: Sums of sizes: margin, and what adds up to it. The tables share their TOTAL.
SIZE_SUMS = (("0-9", ("0_1", "2-9")), ("TOTAL", SBS_CLASSES), ("TOTAL", BD_CLASSES))
#: Measure to the cells that hold it (table and code), and the code that counts its enterprises.
FAMILIES = {
    "p": ((("sbs", "EMP_NR"), ("bd", "EMP_NR")), "ENT_NR"),
    "e": ((("sbs", "SAL_NR"), ("bd", "SAL_NR")), "ENT_NR"),
    "t": ((("sbs", "NETTUR_MEUR"),), "ENT_NR"),
    "v": ((("sbs", "AV_MEUR"),), "ENT_NR"),
    "births_p": ((("bd", "EMP_BRTH_NR"),), "ENT_BRTH_NR"),
    "births_e": ((("bd", "SAL_BRTH_NR"),), "ENT_BRTH_NR"),
    "deaths_p": ((("bd", "EMP_DTH_NR"),), "ENT_DTH_NR"),
    "deaths_e": ((("bd", "SAL_DTH_NR"),), "ENT_DTH_NR"),
    "hg": ((("hg", "SAL_HGRW_NR"),), "ENT_HGRW_NR"),
}  # fmt: skip
#: Measures that the limits of a class bound, with the classes that count them.
LIMITED = {"p": SBS_CLASSES, "e": BD_CLASSES, "births_e": BD_CLASSES, "deaths_e": BD_CLASSES}
_CELL = ["geo", "year", "nace", "size"]


@dataclass(frozen=True)
class Protection:
    """Rules by which cells are withheld.

    Attributes
    ----------
    fewest : int
        A cell of fewer enterprises is withheld.
    dominance : float
        So is one of which the largest enterprise has more than this, in percent: the (1,k)-rule.
    percent : float
        And one that its second largest enterprise could use to know the largest within this, in
        percent: the p%-rule. No withheld cell can be recomputed within it either.

    Examples
    --------
    >>> rules = Protection(fewest=3, dominance=85.0, percent=10.0)
    >>> rules.unsafe(n=5, first=900.0, second=50.0, total=1000.0)
    True
    """

    fewest: int = 3
    dominance: float = 85.0
    percent: float = 10.0

    def __post_init__(self) -> None:
        """Refuse rules that withhold nothing or everything by mistake."""
        if self.fewest < 1 or not 0 < self.dominance <= 100 or not 0 < self.percent <= 100:
            raise UsageError(
                f"{self}: fewest is a count from 1, dominance and percent lie in 0 to 100; "
                "rules like these protect nobody"
            )

    def unsafe(self, n: Any, first: Any, second: Any, total: Any) -> Any:
        """Whether cells must be withheld.

        Parameters
        ----------
        n, first, second, total : float or array
            Enterprises of a cell, its two largest contributions, and the sum of all.

        Returns
        -------
        bool or array of bool
            Cells without any enterprise tell nothing and are safe.
        """
        few = (n > 0) & (n < self.fewest)
        dominated = first > total * self.dominance / 100
        known = total - first - second < first * self.percent / 100
        return few | ((total > 0) & (dominated | known))


def protect(
    frames: Mapping[str, pd.DataFrame], tops: Mapping[str, pd.DataFrame], rules: Protection
) -> tuple[dict[str, pd.DataFrame], int, int]:
    """Withhold what would disclose an enterprise, and what would give that away.

    Counts of enterprises stay, as in Eurostat's tables: an attacker is assumed to use them with
    the limits of the classes. Sums over classes and activities, and the totals that the tables
    share, are attacked together.

    Parameters
    ----------
    frames : mapping
        ``sbs``, ``bd``, ``hg`` to their observation frames.
    tops : mapping
        Measure to the two largest contributions of each cell and margin.
    rules : Protection
        What is withheld.

    Returns
    -------
    tuple
        The frames with NaN and ``conf`` C where a cell is withheld; how many were by the rules,
        and how many more to protect those.
    """
    hidden = {name: np.zeros(len(frame), dtype=bool) for name, frame in frames.items()}
    primary = secondary = 0
    for measure, (places, counted) in FAMILIES.items():
        if measure not in tops:
            continue
        cells = _family(frames, places, counted, tops[measure], rules)
        for _, group in cells.groupby(["geo", "year"], sort=False, observed=True):
            if not group["primary"].any():
                continue
            chosen = _chosen(group, measure, rules.percent)
            for table, _ in places:
                rows = group.loc[chosen, table].dropna().astype(int)
                hidden[table][rows] = True
                first = int(group.loc[group["primary"], table].notna().sum())
                primary, secondary = primary + first, secondary + len(rows) - first
    out = {name: _withheld(frame, hidden[name]) for name, frame in frames.items()}
    return out, primary, secondary


def _family(
    frames: Mapping[str, pd.DataFrame], places: tuple[tuple[str, str], ...], counted: str,
    top: pd.DataFrame, rules: Protection,
) -> pd.DataFrame:  # fmt: skip
    """Cells of one measure, a row each; TOTAL of two tables is one cell, at a row of both."""
    parts = []
    for table, indic in places:
        frame = frames[table]
        frame = frame if "size" in frame.columns else frame.assign(size="TOTAL")
        text = frame[_CELL].astype({"geo": str, "nace": str, "size": str})
        text = text.assign(value=frame["value"], **{table: np.arange(len(frame))})
        here = (frame["indic"] == indic) & frame["value"].notna()
        n = text[frame["indic"] == counted].rename(columns={"value": "n"})[[*_CELL, "n"]]
        parts.append(text[here].merge(n, on=_CELL))
    cells = parts[0]
    for other in parts[1:]:
        cells = cells.merge(other, on=[*_CELL, "value", "n"], how="outer")
    top = top.rename(columns={"act": "nace"})
    cells = cells.merge(top, on=_CELL, how="left")
    cells = cells.fillna({"first": 0.0, "second": 0.0, "total": 0.0})
    unsafe = rules.unsafe(cells["n"], cells["first"], cells["second"], cells["total"])
    return cells.assign(primary=unsafe)


def _chosen(group: pd.DataFrame, measure: str, percent: float) -> Array:
    from sme_stats.register.suppression import suppress

    return suppress(linked(group.reset_index(drop=True), measure), percent)


def linked(group: pd.DataFrame, measure: str) -> Any:
    """Cells of one country and year with their sums and what counts and class limits say."""
    from scipy import sparse

    from sme_stats.register.suppression import Cells

    value, n = group["value"].to_numpy(float), group["n"].to_numpy(float)
    most = 2 * float(np.abs(value).max()) + 1
    lower, upper = np.where(value < 0, -most, 0.0), np.full(len(value), most)
    spans = {code: size_range(code) for code in LIMITED.get(measure, ())}
    for code, span in spans.items():
        here = (group["size"] == code).to_numpy()
        if span is not None:
            lower[here] = span.lower * n[here]
            if span.upper is not None:
                upper[here] = span.upper * n[here]
    at = {pair: i for i, pair in enumerate(zip(group["nace"], group["size"], strict=True))}
    rules = list(_sums(at))
    entries = [(r, i, f) for r, terms in enumerate(rules) for i, f in terms]
    rule, cell, factor = (np.array(c) for c in zip(*entries, strict=True)) if entries else ([],) * 3
    sums = sparse.csr_array((factor, (rule, cell)), shape=(len(rules), len(value)))
    fixed = n == 0
    primary = group["primary"].to_numpy(bool)
    return Cells(value, np.minimum(lower, value), np.maximum(upper, value), sums, primary, fixed)


def _sums(at: Mapping[tuple[str, str], int]) -> Iterator[list[tuple[int, float]]]:
    """Every margin less its parts, over the cells that are there."""
    acts, sizes = sorted({a for a, _ in at}), sorted({s for _, s in at})
    for act in acts:
        for margin, parts in SIZE_SUMS:
            if margin in sizes and all((act, part) in at for part in parts):
                yield [(at[act, margin], 1.0), *((at[act, part], -1.0) for part in parts)]
    for size in sizes:
        for aggregate in AGGREGATES:
            if (aggregate, size) in at:
                inside = [at[part, size] for part in members_of(aggregate) if (part, size) in at]
                yield [(at[aggregate, size], 1.0), *((i, -1.0) for i in inside)]


def _withheld(frame: pd.DataFrame, hidden: Array) -> pd.DataFrame:
    if not hidden.any():
        return frame
    conf = pd.Series(np.where(hidden, "C", frame["conf"].astype(str)), index=frame.index)
    value = frame["value"].where(~hidden)
    return frame.assign(value=value, conf=conf.astype("category"))
