"""Sums of a register as observation frames, each number under its Eurostat code."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats import catalogue
from sme_stats.frame import check, tidy
from sme_stats.register.aggregation import AGES, OVER_YEARS
from sme_stats.register.records import CENTS

#: Table to the first word of its dataset's name is ours: no table of Eurostat's has it.
DATASET = {False: "register_{}", True: "synthetic_{}"}

_SBS = {"n": "ENT_NR", "p": "EMP_NR", "e": "SAL_NR", "t": "NETTUR_MEUR", "v": "AV_MEUR"}
_ACTIVE = {"n": "ENT_NR", "p": "EMP_NR", "e": "SAL_NR"}
_BIRTHS = {"births": "ENT_BRTH_NR", "births_p": "EMP_BRTH_NR", "births_e": "SAL_BRTH_NR"}
_DEATHS = {"deaths": "ENT_DTH_NR", "deaths_p": "EMP_DTH_NR", "deaths_e": "SAL_DTH_NR"}


def name_of(table: str, synthetic: bool) -> str:
    """Name of a table that comes from a register.

    Examples
    --------
    >>> name_of("sbs", synthetic=False), name_of("bd", synthetic=True)
    ('register_sbs', 'synthetic_bd')
    """
    return DATASET[synthetic].format(table)


def structure(cells: pd.DataFrame, dataset: str, vintage: str) -> pd.DataFrame:
    """Structural business statistics."""
    scaled = cells.assign(**{m: cells[m] / CENTS for m in ("t", "v") if m in cells.columns})
    codes = {m: code for m, code in _SBS.items() if m in scaled.columns}
    return _stack([_long(scaled, codes, dataset, vintage)])


def demography(
    active: pd.DataFrame, moved: pd.DataFrame, covered: pd.DataFrame, dataset: str, vintage: str
) -> pd.DataFrame:
    """Business demography: what each year's neighbours in the register allow to say.

    A birth needs the two years before, a death the year after; a death whose second year after
    is not there yet is provisional, and deaths of the last year are not known at all: a cell
    without a value. A year in the middle that a country lacks leaves its neighbours out.
    """
    years = _neighbours(covered)
    moved = moved.merge(years, on=["geo", "year"])
    active_codes = {m: code for m, code in _ACTIVE.items() if m in active.columns}
    birth_codes = {m: code for m, code in _BIRTHS.items() if m in moved.columns}
    death_codes = {m: code for m, code in _DEATHS.items() if m in moved.columns}
    born = moved[moved["before"]]
    died = moved[moved["after"] | moved["last"]].copy()
    died.loc[died["last"], list(death_codes)] = np.nan
    parts = [
        _long(active, active_codes, dataset, vintage),
        _long(born, birth_codes, dataset, vintage),
        _long(died, death_codes, dataset, vintage),
        *_survival(born, covered, dataset, vintage),
    ]
    return _stack(parts)


def _neighbours(covered: pd.DataFrame) -> pd.DataFrame:
    """Which years a country has around each of its years."""
    have = set(zip(covered["geo"], covered["year"], strict=True))
    last = covered.groupby("geo")["year"].max()

    def has(*steps: int) -> list[bool]:
        return [
            all((g, y + s) in have for s in steps)
            for g, y in zip(covered["geo"], covered["year"], strict=True)
        ]

    is_last = (covered["year"] == covered["geo"].map(last)).to_numpy()
    return covered.assign(
        before=has(-1, -2), after=has(1), sure=has(1, 2), last=is_last,
    )  # fmt: skip


def _survival(
    born: pd.DataFrame, covered: pd.DataFrame, dataset: str, vintage: str
) -> list[pd.DataFrame]:  # fmt: skip
    """Survivors at each age, in the year that they have it; of no births there is no rate."""
    parts = []
    for age in AGES:
        later = born.assign(year=born["year"] + age).merge(covered, on=["geo", "year"])
        cells = later.assign(count=later[f"alive_{age}"])
        with np.errstate(divide="ignore", invalid="ignore"):
            cells["rate"] = 100 * cells["count"] / cells["births"].where(cells["births"] > 0)
        cells = cells.drop(columns=["sure"])
        named = {"count": "ENT_SRVL_NR"}
        parts.append(_long(cells, named, dataset, vintage, f"Y{age}"))
        rates = cells[cells["rate"].notna()]
        parts.append(_long(rates, {"rate": "ENT_SRVLR_BRTH_PC"}, dataset, vintage, f"Y{age}"))
    return parts


def high_growth(
    cells: pd.DataFrame, covered: pd.DataFrame, dataset: str, vintage: str
) -> pd.DataFrame:
    """High-growth enterprises of the years that the register reaches back from."""
    have = set(zip(covered["geo"], covered["year"], strict=True))
    pairs = zip(cells["geo"], cells["year"], strict=True)
    cells = cells[[(geo, year - OVER_YEARS) in have for geo, year in pairs]]
    rate = 100 * cells["n"] / cells["large"].where(cells["large"] > 0)
    cells = cells.assign(rate=rate)
    rated = cells[cells["rate"].notna()]
    parts = [
        _long(cells, {"n": "ENT_HGRW_NR", "e": "SAL_HGRW_NR"}, dataset, vintage, None),
        _long(rated, {"rate": "ENT_HGRWR_PC"}, dataset, vintage, None),
    ]
    return _stack(parts, sized=False)


def _long(
    cells: pd.DataFrame, codes: dict[str, str], dataset: str, vintage: str,
    age: str | None = "TOTAL",
) -> pd.DataFrame:  # fmt: skip
    """One row a cell and code; deaths that are not yet sure carry the flag p."""
    flow = catalogue.find(dataset)
    parts = []
    for column, indic in codes.items():
        measure, unit = flow.measure_of(indic)
        unsure = "sure" in cells.columns and column.startswith("deaths")
        columns = {
            "dataset": dataset, "vintage": vintage, "indic": indic, "measure": measure,
            "unit": unit, "nace": cells["act"], "size": cells["size"], "geo": cells["geo"],
            "year": cells["year"], "value": cells[column].astype("float64"),
            "flag": np.where(cells["sure"], "", "p") if unsure else "", "conf": "",
        }  # fmt: skip
        if age is not None and flow.family == "bd":
            columns["age"] = age
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _stack(parts: list[pd.DataFrame], sized: bool = True) -> pd.DataFrame:
    """One observation frame, sorted, checked."""
    whole = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    whole = whole if sized else whole.drop(columns="size")
    order = [c for c in ("indic", "age", "nace", "size", "geo", "year") if c in whole.columns]
    whole = whole.sort_values(order, ignore_index=True)
    return check(tidy({str(name): whole[name] for name in whole.columns}))
