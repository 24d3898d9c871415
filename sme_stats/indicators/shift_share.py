"""Shift-share: why a size's share in the total moved."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.codelists import size_code, table
from sme_stats.errors import IncoherentError, MixingError, WithheldError
from sme_stats.frame import codes, concat, describe, dimensions, require, tidy
from sme_stats.indicators.shares import size_level
from sme_stats.uncertainty.cube import from_bits, to_bits


def decompose_share(frame: pd.DataFrame, size: str = "SME") -> pd.DataFrame:
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

    Returns
    -------
    pandas.DataFrame
        Rows ``within``, ``composition`` and ``total`` a group, unit PP; ``total`` is their sum.

    Raises
    ------
    MixingError
        If the frame has several measures, or other than two years.
    IncoherentError
        If an aggregate stands among its own sections: it would count twice.
    WithheldError
        If a section's share is withheld; names it.

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
    require(frame, "measure", "nace", "size", "geo", "year", "value", "flag", "conf")
    _check_shift(frame)
    years = sorted(int(y) for y in frame["year"].unique())
    part, whole = size_level(frame, size_code(size)), size_level(frame, "total")
    hidden = part["value"].isna() | (whole["value"].isna() if len(whole) == len(part) else False)
    if hidden.any() or len(whole) != len(part):
        row = part[hidden].iloc[0] if hidden.any() else whole.iloc[0]
        where = describe(row, ["geo", "nace", "year"])
        raise WithheldError(f"{size} of {where} is withheld or missing; no part can be computed")
    group = [c for c in dimensions(part) if c not in ("nace", "year", "size", "indic")]
    keys = [*group, "nace"]
    text = dict.fromkeys(keys, str)
    table_ = part.astype(text).merge(whole.astype(text), on=[*keys, "year"], suffixes=("", "_all"))
    out = [
        _split(rows, years, group) for _, rows in table_.groupby(group, observed=True, sort=False)
    ]
    return concat([tidy({str(c): f[c] for c in f.columns}) for f in out])


def _split(rows: pd.DataFrame, years: list[int], group: list[str]) -> pd.DataFrame:
    wide = rows.pivot(index="nace", columns="year", values=["value", "value_all"])
    if wide.isna().any(axis=None):
        raise WithheldError("a section is there in one year only; its part would be guessed")
    part, whole = wide["value"].to_numpy(dtype=float), wide["value_all"].to_numpy(dtype=float)
    share, weight = part / whole, whole / whole.sum(axis=0)
    within = 100 * (weight.mean(axis=1) * (share[:, 1] - share[:, 0])).sum()
    composition = 100 * (share.mean(axis=1) * (weight[:, 1] - weight[:, 0])).sum()
    values = np.array([within, composition, within + composition])
    flags = from_bits(np.full(3, np.bitwise_or.reduce(to_bits(rows["flag"]))))
    first = {c: [rows[c].iloc[0]] * 3 for c in group if c not in ("measure", "unit")}
    return pd.DataFrame(first | {
        "measure": ["within", "composition", "total"], "unit": ["PP"] * 3, "nace": ["sections"] * 3,
        "size": [rows["size"].iloc[0]] * 3, "year": [years[1]] * 3, "base_year": [years[0]] * 3,
        "value": values, "lower": values, "upper": values, "flag": flags, "conf": [""] * 3,
    })  # fmt: skip


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
