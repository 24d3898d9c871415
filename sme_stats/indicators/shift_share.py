"""Shift-share: why a size's share in the total moved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats import codelists
from sme_stats.codelists import size_code, table
from sme_stats.errors import IncoherentError, MixingError, NotAvailableError, WithheldError
from sme_stats.frame import codes, concat, describe, dimensions, require, tidy
from sme_stats.indicators.decompositions import split_ends
from sme_stats.indicators.growth import change, series
from sme_stats.indicators.ranges import level_of, rest_ends
from sme_stats.indicators.shares import bounded_cells, lacking_cells, size_level
from sme_stats.uncertainty.cube import BREAK, Array, from_bits, to_bits
from sme_stats.uncertainty.intervals import Interval


def decompose_share(
    frame: pd.DataFrame, size: str = "SME", across_breaks: str = "refuse"
) -> pd.DataFrame:
    """Change of a size's share, split into within-sector and composition parts that add up.

    With sectors' weights w and shares s, the change of the total share is the sum over sectors of
    mean weight times change of share (*within*) and mean share times change of weight
    (*composition*); with means of both years nothing is left over.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame of one measure in NACE sections (no aggregate among them) and exactly
        two years.
    size : str
        Class or range as for `size_share`.
    across_breaks : {"refuse", "flag"}
        As for `change`: a break between the two years is refused, or flagged ``b``.

    Returns
    -------
    pandas.DataFrame
        Rows ``within``, ``composition`` and ``total`` a group, unit PP; ``total`` is their sum.
        ``lower`` and ``upper`` carry rounded figures. Those of ``total`` are sharp: figures that
        round to those printed, classes adding up to TOTAL, attain them. Those of the two parts are
        sure, not sharp; see the notes.

    Raises
    ------
    MixingError
        If the frame has several measures, or other than two years.
    IncoherentError
        If an aggregate stands among its own sections: it would count twice.
    WithheldError
        If a section's share is withheld, or a section is there in one year only; names it.
    BreakError
        If a break lies between the two years; names it.

    Notes
    -----
    The total moves with the quotient of two sums in each year, so its extremes are at ends. The two
    parts are sums of products of quotients in which a section's figure stands several times: the
    least of the within part can lie strictly inside what a rounded TOTAL allows, at no end of any
    figure. Their ends are interval arithmetic, each factor as far as it goes by itself, cut by
    what the other part leaves of the total; every table that rounds to the printed one is inside.

    Examples
    --------
    Two sections of a synthetic country, to show that the parts add up:

    >>> import pandas as pd
    >>> rows = [("C", 2022, 60, 100), ("G", 2022, 90, 100),
    ...         ("C", 2023, 50, 100), ("G", 2023, 180, 200)]
    >>> cells = pd.DataFrame([
    ...     {"dataset": "synthetic", "vintage": "", "indic": "", "measure": "persons_employed",
    ...      "unit": "NR", "nace": n, "size": s, "geo": "XX", "year": y, "value": v, "flag": "",
    ...      "conf": ""} for n, y, part, t in rows
    ...     for s, v in (("0-249", part), ("GE250", t - part), ("TOTAL", t))])
    >>> parts = decompose_share(cells)
    >>> dict(zip(parts["measure"], parts["value"].round(3)))
    {'within': -4.167, 'composition': 5.833, 'total': 1.667}
    """
    require(frame, "measure", "nace", "year")
    _check_shift(frame)
    years = sorted(int(y) for y in frame["year"].unique())
    (part, rest), whole = _with_rest(frame, size_code(size)), size_level(frame, "total")
    crossing = _crossing(part, across_breaks)
    hidden = part["value"].isna() | (whole["value"].isna() if len(whole) == len(part) else False)
    if hidden.any() or len(whole) != len(part):
        row = part[hidden].iloc[0] if hidden.any() else whole.iloc[0]
        where = describe(row, ["geo", "nace", "year"])
        raise WithheldError(f"{size} of {where} is withheld or missing; no part can be computed")
    group = [c for c in dimensions(part) if c not in ("nace", "year", "size", "indic")]
    part = part.assign(lower_rest=rest[0], upper_rest=rest[1])
    table_ = part.merge(whole, on=[*group, "nace", "year"], suffixes=("", "_all"))
    out = [
        _split(rows, years, group, crossing)
        for _, rows in table_.groupby(group, observed=True, sort=False)
    ]
    return concat([tidy({str(c): f[c] for c in f.columns}) for f in out])


def _with_rest(frame: pd.DataFrame, code: str) -> tuple[pd.DataFrame, Interval]:
    """Levels of a range, and the ends of what lies outside it."""
    known = bounded_cells(frame)
    part, groups = level_of(known, code)
    if part.empty:
        raise lacking_cells(known.cube, code, code)
    lower, upper = rest_ends(known.cube, code)
    lower, upper = lower[groups], upper[groups]
    return part, (np.where(np.isnan(lower), 0.0, lower), np.where(np.isnan(upper), np.inf, upper))


def _crossing(part: pd.DataFrame, across_breaks: str) -> bool:
    """Whether some series crosses a break; an error unless that was asked for."""
    try:
        change(part, across_breaks)
        _, _, broken = series(part)
    except NotAvailableError:  # no section has both years; said below, by name
        return False
    return bool(broken.any())


def _split(rows: pd.DataFrame, years: list[int], group: list[str], crossing: bool) -> pd.DataFrame:
    columns = [f"{c}{end}" for c in ("value", "lower", "upper") for end in ("", "_all")]
    columns += ["lower_rest", "upper_rest"]
    wide = rows.pivot(index="nace", columns="year", values=columns)
    if wide.isna().any(axis=None):
        alone = wide.index[wide.isna().any(axis=1)][0]
        where = describe(rows.iloc[0], ["geo"])
        raise WithheldError(
            f"section {alone} of {where} is there in one year only; its part would be guessed, so "
            "leave it out of both years"
        )
    value, whole, *ends = (wide[c].to_numpy() for c in columns)
    values = _parts(value, whole)
    low, high = values, values
    if not ((ends[0] == ends[2]).all() and (ends[1] == ends[3]).all()):
        signed = str(rows["measure"].iloc[0]) in codelists.signed()
        low, high = split_ends((ends[0], ends[2]), (ends[4], ends[5]), (ends[1], ends[3]), signed)
        low, high = 100 * low, 100 * high
    bits = np.bitwise_or.reduce(to_bits(rows["flag"]) | to_bits(rows["flag_all"]))
    flags = from_bits(np.full(3, bits & ~BREAK | (BREAK if crossing else np.uint16(0))))
    first = {c: [rows[c].iloc[0]] * 3 for c in group if c not in ("measure", "unit")}
    return pd.DataFrame(first | {
        "measure": ["within", "composition", "total"], "unit": ["PP"] * 3, "nace": ["sections"] * 3,
        "size": [rows["size"].iloc[0]] * 3, "year": [years[1]] * 3, "base_year": [years[0]] * 3,
        "value": values, "lower": low, "upper": high, "flag": flags, "conf": [""] * 3,
    })  # fmt: skip


def _parts(part: Array, whole: Array) -> Array:
    """Within, composition and total in points; rows sections, columns years."""
    share, weight = _quotient(part, whole), whole / whole.sum(axis=0)
    parts = [
        (mean.mean(axis=1) * (step[:, 1] - step[:, 0])).sum()
        for mean, step in ((weight, share), (share, weight))
    ]
    return 100 * np.array([*parts, sum(parts)])


def _quotient(part: Array, whole: Array) -> Array:
    """Share of each section; a section without anybody has none, and no weight either."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)


def _check_shift(frame: pd.DataFrame) -> None:
    years = sorted(frame["year"].unique())
    if len(codes(frame["measure"])) != 1 or len(years) != 2:
        raise MixingError(
            f"a shift-share is of one measure in two years; the frame has "
            f"{', '.join(codes(frame['measure']))} in {', '.join(map(str, years))}"
        )
    present = set(codes(frame["nace"]))
    for code in present:
        parts = set(filter(None, table("NACE").get(code, {}).get("parts", "").split(";")))
        if parts & present:
            raise IncoherentError(
                f"{code} contains {', '.join(sorted(parts & present))}: together they count twice, "
                "so leave the aggregate out"
            )
