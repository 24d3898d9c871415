"""audit(): everything in a frame that contradicts itself or moves without saying why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats import codelists
from sme_stats.codelists import size_range
from sme_stats.frame import describe, dimensions, require
from sme_stats.uncertainty.coherence import sums_off
from sme_stats.uncertainty.jumps import find_jumps
from sme_stats.uncertainty.system import COUNTED_BY

COLUMNS = ("check", "cell", "found", "difference", "weight", "rounding")
#: Rates are published with two decimals.
_HALF_DIGIT = 0.005


def audit(frame: pd.DataFrame) -> pd.DataFrame:
    """Check a frame's cells against each other; nothing is repaired.

    Checked are: classes against TOTAL, sections against their aggregate, member states against
    the EU where all are there; rates against their counts; average size inside its class; growth
    far from that of the same class elsewhere without a break flag (robust z-score above 6 and
    growth above 8 %: see `sme_stats.uncertainty.jumps`).

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame, of one table or several.

    Returns
    -------
    pandas.DataFrame
        One row a finding, the weightiest first: ``check`` (``size``, ``nace``, ``geo``, ``rate``,
        ``average``, ``jump``), ``cell``, ``found`` in words, ``difference`` in the cell's unit,
        ``weight`` (difference relative to the cell; for jumps the growth), ``rounding`` whether
        rounding of n parts, (n + 1) / 2 units, explains it. Empty where nothing is found.

    Examples
    --------
    >>> from sme_stats import load
    >>> findings = audit(load("sbs_sc_ovw", geo="SI"))
    >>> findings.loc[~findings["rounding"].astype(bool), ["check", "difference"]].values.tolist()
    [['size', 1772.0], ['size', 4.0], ['size', 4.0]]
    """
    require(frame, "dataset", "measure", "size", "geo", "year", "value", "flag", "conf")
    additive = [m for m, r in codelists.table("MEASURE").items() if r["additive"] == "yes"]
    cells = frame[frame["measure"].isin(additive)]
    parts = [*_sums(cells), *_rates(frame), *_averages(cells), *_jumps(cells)]
    found = [part for part in parts if len(part)]
    if not found:
        return pd.DataFrame(columns=list(COLUMNS))
    out = pd.concat(found, ignore_index=True)[list(COLUMNS)]
    order = np.lexsort((-out["weight"].to_numpy(float), out["rounding"].to_numpy(bool)))
    return out.iloc[order].reset_index(drop=True)


def _sums(cells: pd.DataFrame) -> list[pd.DataFrame]:
    if cells.empty:
        return []
    parts = []
    for axis in ("size", "nace", "geo"):
        sums = sums_off(cells, axis)
        if len(sums):
            what = {"size": "classes", "nace": "sections", "geo": "members"}[axis]
            parts.append(pd.DataFrame({
                "check": axis, "cell": _cells(sums), "difference": sums["value"],
                "found": [f"{what} {c:,.10g}, total {t:,.10g}"
                          for c, t in zip(sums["classes"], sums["total"], strict=True)],
                "weight": (sums["value"] / sums["total"]).abs(), "rounding": sums["rounding"],
            }))  # fmt: skip
    return parts


def _rates(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Published rates against births or deaths over active enterprises."""
    parts = []
    keys = [d for d in dimensions(frame) if d not in ("indic", "measure", "unit")]
    text = dict.fromkeys(keys, str)
    wide = {
        m: frame.loc[frame["measure"] == m, [*keys, "value"]].astype(text)
        for m in ("births", "deaths", "active_enterprises", "birth_rate", "death_rate")
    }
    for rate, count in (("birth_rate", "births"), ("death_rate", "deaths")):
        both = wide[rate].merge(wide[count], on=keys, suffixes=("", "_count"))
        both = both.merge(wide["active_enterprises"], on=keys, suffixes=("", "_stock"))
        computed = 100 * both["value_count"] / both["value_stock"]
        gap = both["value"] - computed
        off = (gap.abs() > _HALF_DIGIT + 1e-9).to_numpy()
        parts.append(pd.DataFrame({
            "check": "rate", "cell": _cells(both[off].assign(measure=rate)),
            "found": [f"published {p:.2f}, from counts {c:.3f}"
                      for p, c in zip(both["value"][off], computed[off], strict=True)],
            "difference": gap[off], "weight": (gap / computed).abs()[off],
            "rounding": (gap.abs() <= 2 * _HALF_DIGIT)[off],
        }))  # fmt: skip
    return parts


def _averages(cells: pd.DataFrame) -> list[pd.DataFrame]:
    """Persons per enterprise outside the limits of their class."""
    parts = []
    keys = [d for d in dimensions(cells) if d not in ("indic", "measure", "unit")]
    text = dict.fromkeys(keys, str)
    if "unit" in cells.columns:  # as for bounds: no class limits where heads are in thousands
        cells = cells[~cells["unit"].isin(codelists.multiples())]
    for counted, firms in COUNTED_BY.items():
        above = cells.loc[cells["measure"] == counted, [*keys, "value"]].astype(text)
        below = cells.loc[cells["measure"] == firms, [*keys, "value"]].astype(text)
        both = above.merge(below, on=keys, suffixes=("", "_firms"))
        both = both[(both["value_firms"] > 0) & (both["size"] != "TOTAL")]
        spans = [size_range(code) for code in both["size"]]
        low = np.array([s.lower if s else 0 for s in spans], dtype=float)
        high = np.array(
            [s.upper if s and s.upper is not None else np.inf for s in spans], dtype=float
        )
        mean = (both["value"] / both["value_firms"]).to_numpy()
        gap = np.where(mean < low, mean - low, np.where(mean > high, mean - high, 0.0))
        off = gap != 0
        parts.append(pd.DataFrame({
            "check": "average", "cell": _cells(both[off].assign(measure=counted)),
            "found": [f"{m:.2f} per enterprise" for m in mean[off]], "difference": gap[off],
            "weight": np.abs(gap / np.maximum(mean, 1e-9))[off],
            "rounding": np.zeros(off.sum(), bool),
        }))  # fmt: skip
    return parts


def _jumps(cells: pd.DataFrame) -> list[pd.DataFrame]:
    if cells.empty:
        return []
    jumps = find_jumps(cells)
    return [pd.DataFrame({
        "check": "jump", "cell": _cells(jumps),
        "found": [f"{g:+.1f} % in a year without a flag (score {s:.0f})"
                  for g, s in zip(jumps["growth"], jumps["score"], strict=True)],
        "difference": jumps["growth"], "weight": jumps["growth"].abs() / 100,
        "rounding": np.zeros(len(jumps), bool),
    })]  # fmt: skip


def _cells(rows: pd.DataFrame) -> list[str]:
    keys = [k for k in ("dataset", "measure", "nace", "geo", "year", "size") if k in rows.columns]
    return [describe(row, keys) for _, row in rows[keys].astype(str).iterrows()]
