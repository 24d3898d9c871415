"""Tables of a register as observation frames, each number under its Eurostat code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sme_stats import catalogue
from sme_stats.frame import tidy
from sme_stats.register.aggregation import AGES, OVER_YEARS
from sme_stats.register.margins import ACTS, Array, Axes, Table
from sme_stats.register.records import BD_CLASSES, CENTS

#: Table to the first word of its dataset's name is ours: no table of Eurostat's has it.
DATASET = {False: "register_{}", True: "synthetic_{}"}

_SBS = {"n": "ENT_NR", "p": "EMP_NR", "e": "SAL_NR", "t": "NETTUR_MEUR", "v": "AV_MEUR"}
_ACTIVE = {"n": "ENT_NR", "p": "EMP_NR", "e": "SAL_NR"}
_BIRTHS = {"births": "ENT_BRTH_NR", "births_p": "EMP_BRTH_NR", "births_e": "SAL_BRTH_NR"}
_DEATHS = {"deaths": "ENT_DTH_NR", "deaths_p": "EMP_DTH_NR", "deaths_e": "SAL_DTH_NR"}
#: Of a cell, and of one that may still change.
_FLAGS = ("", "p")


@dataclass(frozen=True)
class _Part:
    """Cells of one code: values by activity, size, country and year.

    `shown` and `unsure` (these carry the flag p) are by country and year, or by all four.
    """

    indic: str
    values: Array
    shown: Array
    unsure: Array | bool = False
    age: str = "TOTAL"


def name_of(table: str, synthetic: bool) -> str:
    """Name of a table that comes from a register.

    Examples
    --------
    >>> name_of("sbs", synthetic=False), name_of("bd", synthetic=True)
    ('register_sbs', 'synthetic_bd')
    """
    return DATASET[synthetic].format(table)


def structure(axes: Axes, table: Table, dataset: str, vintage: str) -> pd.DataFrame:
    """Structural business statistics."""
    parts = [
        _Part(code, table.values[m] / (CENTS if m in ("t", "v") else 1.0), axes.covered)
        for m, code in _SBS.items()
        if m in table.values
    ]
    return _frame(axes, table.sizes, parts, dataset, vintage)


def demography(
    axes: Axes, active: Table, moved: Table, dataset: str, vintage: str
) -> pd.DataFrame:  # fmt: skip
    """Business demography: what each year's neighbours in the register allow to say.

    A birth needs the two years before, a death the year after; a death whose second year after
    is not there yet is provisional, and deaths of the last year are not known at all: a cell
    without a value. A year in the middle that a country lacks leaves its neighbours out.
    """
    there = axes.covered
    born = there & _years_on(there, 1) & _years_on(there, 2)
    next_is, last = _years_on(there, -1), there & ~_any_later(there)
    died, unsure = there & (next_is | last), ~(next_is & _years_on(there, -2))
    parts = [_Part(c, active.values[m], there) for m, c in _ACTIVE.items() if m in active.values]
    parts += [_Part(c, moved.values[m], born) for m, c in _BIRTHS.items() if m in moved.values]
    parts += [
        _Part(c, np.where(last, np.nan, moved.values[m]), died, unsure)
        for m, c in _DEATHS.items()
        if m in moved.values
    ]
    for age in AGES:
        parts += _survival(age, moved, there & _years_on(born, age))
    return _frame(axes, active.sizes, parts, dataset, vintage, aged=True)


def _survival(age: int, moved: Table, shown: Array) -> list[_Part]:
    """Survivors at an age, in the year that they have it; of no births there is no rate."""
    births, alive = (_years_on(moved.values[m], age) for m in ("births", f"alive_{age}"))
    rate = _percent(alive, births)
    return [
        _Part("ENT_SRVL_NR", alive, shown, age=f"Y{age}"),
        _Part("ENT_SRVLR_BRTH_PC", rate, shown & (births > 0), age=f"Y{age}"),
    ]


def high_growth(
    axes: Axes, growing: Table, active: Table, dataset: str, vintage: str
) -> pd.DataFrame:
    """High-growth enterprises of the years that the register reaches back from."""
    shown = axes.covered & _years_on(axes.covered, OVER_YEARS)
    large = active.values["n"][:, [active.sizes.index(BD_CLASSES[-1])]]
    parts = [
        _Part("ENT_HGRW_NR", growing.values["n"], shown),
        _Part("SAL_HGRW_NR", growing.values["e"], shown),
        _Part("ENT_HGRWR_PC", _percent(growing.values["n"], large), shown & (large > 0)),
    ]
    return _frame(axes, growing.sizes, parts, dataset, vintage, sized=False)


def _percent(part: Array, whole: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        rate: Array = 100 * part / whole
    return rate


def _years_on(values: Array, years: int) -> Array:
    """What was there so many years before (after, if negative); nothing beyond the ends."""
    moved = np.zeros_like(values)
    if 0 < years < values.shape[-1]:
        moved[..., years:] = values[..., :-years]
    elif 0 < -years < values.shape[-1]:
        moved[..., :years] = values[..., -years:]
    return moved


def _any_later(there: Array) -> Array:
    """Whether a country has any year after each of its years."""
    counted = np.cumsum(there, axis=-1)
    later: Array = counted < counted[..., -1:]
    return later


def _frame(
    axes: Axes, sizes: Sequence[str], parts: Sequence[_Part], dataset: str, vintage: str,
    sized: bool = True, aged: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """One observation frame, in order: axes are sorted, so that parts in order are all it takes.

    Every cell stands once, and none of a count is negative, by construction.
    """
    parts = sorted(parts, key=lambda part: (part.indic, part.age))
    shape = (len(ACTS), len(sizes), len(axes.geos), len(axes.years))
    places = np.broadcast_to(axes.places[:, None, :, None], shape)
    where = [np.flatnonzero(places & part.shown) for part in parts]
    act, size, geo, year = np.unravel_index(np.concatenate(where), shape)
    counts = [len(cells) for cells in where]
    unsure = [
        np.broadcast_to(p.unsure, shape).ravel()[w] for p, w in zip(parts, where, strict=True)
    ]
    flow = catalogue.find(dataset)
    measures = [flow.measure_of(part.indic) for part in parts]
    one = np.zeros(len(act), dtype=np.intp)

    def each(names: Sequence[str]) -> pd.Categorical:
        known = sorted(set(names))
        return _category(np.repeat([known.index(name) for name in names], counts), known)

    columns = {
        "dataset": _category(one, [dataset]), "vintage": _category(one, [vintage]),
        "indic": each([part.indic for part in parts]), "measure": each([m for m, _ in measures]),
        "unit": each([unit for _, unit in measures]), "nace": _category(act, ACTS),
        "geo": _category(geo, axes.geos), "year": (axes.years[year]).astype("int16"),
        "value": np.concatenate([p.values.ravel()[w] for p, w in zip(parts, where, strict=True)]),
        "flag": _category(np.concatenate(unsure).astype(np.intp), _FLAGS),
        "conf": _category(one, [""]),
    }  # fmt: skip
    if sized:
        columns["size"] = _category(size, sizes)
    if aged:
        columns["age"] = each([part.age for part in parts])
    return tidy(columns)


def _category(codes: Array, names: Sequence[Any]) -> pd.Categorical:
    """Text of few kinds by number, with the categories that are really there; names sorted."""
    used = np.bincount(codes, minlength=len(names)) > 0
    place = np.cumsum(used) - 1
    kept = [name for name, there in zip(names, used, strict=True) if there]
    return pd.Categorical.from_codes(place[codes], pd.Index(kept, dtype="str"))
