"""How big enterprises are in a country, read off the embedded tables, as one table to draw from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from sme_stats.errors import NotAvailableError
from sme_stats.frame import select
from sme_stats.loading import tables

Array = np.ndarray[Any, np.dtype[Any]]

#: Largest enterprise that is drawn; the power law of the open class is cut there.
LARGEST = 500_000
#: Most working proprietors beside the employees of an enterprise below ten persons.
PROPRIETORS = 3
#: Classes of ten persons and more: first and last number of persons.
_ABOVE = {"10-19": (10, 19), "20-49": (20, 49), "50-249": (50, 249), "GE250": (250, LARGEST)}


@dataclass(frozen=True)
class SizeTable:
    """Sizes of enterprises in ascending order, with cumulated probability.

    Attributes
    ----------
    persons, employees : numpy.ndarray
        Of each state.
    cumulated : numpy.ndarray
        Probability of this state and all before it.
    turnover : numpy.ndarray
        Expected turnover of each state, euro.
    enterprises : float
        How many the country has, for its weight among others.
    birth_rate, death_rate : float
        As fractions of active enterprises.
    """

    persons: Array
    employees: Array
    cumulated: Array
    turnover: Array
    enterprises: float
    birth_rate: float
    death_rate: float


def countries(year: int) -> list[str]:
    """Countries whose cells of a year suffice for a size table."""
    return [geo for geo, cells in _cells(year).items() if not any(np.isnan(list(cells.values())))]


def size_table(geo: str, year: int) -> SizeTable:
    """Sizes of enterprises as sbs_sc_ovw and bd_size publish them for a country and year.

    Every published class has its published share of enterprises and its published average: within
    a class the number of persons follows a power law (from ten persons on, Pareto-like in the open
    class) or a geometric law whose parameter is solved for.

    Parameters
    ----------
    geo : str
        A country.
    year : int
        Reference year.

    Raises
    ------
    NotAvailableError
        If a cell that is needed is not published.
    """
    every = _cells(year)
    if geo not in every or any(np.isnan(list(every[geo].values()))):
        raise NotAvailableError(
            f"sbs_sc_ovw and bd_size do not publish every size class of {geo} in {year}, so there "
            f"is no distribution to draw from; there is one of {', '.join(countries(year))}"
        )
    cells = every[geo]
    small, weight_small = _below_ten(cells)
    large, weight_large = _from_ten(cells)
    persons, employees = np.concatenate([small, large], axis=0).T
    weight = np.concatenate([weight_small, weight_large])
    birth, death = _rates(geo, year)
    return SizeTable(
        persons.astype(np.int32), employees.astype(np.int32), np.cumsum(weight) / weight.sum(),
        _turnover(cells, persons, weight), cells["ENT_NR TOTAL"], birth, death,
    )  # fmt: skip


def _cells(year: int) -> dict[str, dict[str, float]]:
    """Published cells of every country, by code and class."""
    sbs, bd = tables("sbs_sc_ovw", "bd_size")
    wanted = {
        "": (sbs, ("ENT_NR", "EMP_NR", "NETTUR_MEUR"), ["0-9", *_ABOVE, "TOTAL"]),
        "BD ": (bd, ("ENT_NR", "SAL_NR"), ["0", "1-4", "5-9", "GE10"]),
    }  # fmt: skip
    found: dict[str, dict[str, float]] = {}
    for prefix, (frame, codes, sizes) in wanted.items():
        here = select(frame, year=year)
        chosen = here[here["indic"].isin(codes) & here["size"].isin(sizes)]
        names = prefix + chosen["indic"].astype(str) + " " + chosen["size"].astype(str)
        for geo, name, value in zip(chosen["geo"].astype(str), names, chosen["value"], strict=True):
            found.setdefault(geo, {})[name] = float(value)
    count = sum(len(codes) * len(sizes) for _, codes, sizes in wanted.values())
    return {geo: cells for geo, cells in sorted(found.items()) if len(cells) == count}


def _below_ten(cells: dict[str, float]) -> tuple[Array, Array]:
    """States of enterprises below ten persons employed, by employees and then proprietors."""
    total = cells["ENT_NR TOTAL"]
    micro = cells["ENT_NR 0-9"] / total
    active = sum(cells[f"BD ENT_NR {s}"] for s in ("0", "1-4", "5-9", "GE10"))
    none, few = (cells[f"BD ENT_NR {s}"] / active for s in ("0", "1-4"))
    laws = [
        (none, np.array([0]), np.ones(1)),
        (few, *_tilted(1, 4, cells["BD SAL_NR 1-4"] / cells["BD ENT_NR 1-4"])),
        (micro - none - few, *_tilted(5, 9, cells["BD SAL_NR 5-9"] / cells["BD ENT_NR 5-9"])),
    ]
    employees = np.concatenate([support for _, support, _ in laws])
    weight = np.concatenate([share * law for share, _, law in laws])
    own = np.arange(PROPRIETORS + 1)
    allowed = employees[:, None] + own <= 9
    wanted = cells["EMP_NR 0-9"] / cells["ENT_NR 0-9"]

    def states(log_ratio: float) -> Array:
        law = np.where(allowed, np.exp(log_ratio * own), 0.0)
        joint: Array = weight[:, None] * law / law.sum(axis=1, keepdims=True)
        return joint

    def gap(log_ratio: float) -> float:
        joint = states(log_ratio)
        return float((joint * (employees[:, None] + own)).sum() / joint.sum() - wanted)

    joint = states(brentq(gap, -30.0, 30.0))
    grid = np.stack(np.broadcast_arrays(employees[:, None] + own, employees[:, None]), axis=-1)
    return grid[allowed], joint[allowed]


def _from_ten(cells: dict[str, float]) -> tuple[Array, Array]:
    """States of enterprises of ten persons and more; the smallest may have nine employees."""
    total = cells["ENT_NR TOTAL"]
    persons, weight = [], []
    for code, (low, high) in _ABOVE.items():
        mean = cells[f"EMP_NR {code}"] / cells[f"ENT_NR {code}"]
        support, law = _power(low, high, mean)
        persons.append(support)
        weight.append(law * cells[f"ENT_NR {code}"] / total)
    heads, share = np.concatenate(persons), np.concatenate(weight)
    active = sum(cells[f"BD ENT_NR {s}"] for s in ("0", "1-4", "5-9", "GE10"))
    fewer = max(share.sum() - cells["BD ENT_NR GE10"] / active, 0.0)
    # The smallest of them are those that have fewer than ten employees; one state is cut in two.
    cumulated = np.cumsum(share)
    below = np.clip(fewer - (cumulated - share), 0.0, share)
    nine = np.stack([heads, np.full_like(heads, 9)], axis=-1)[below > 0]
    same = np.stack([heads, heads], axis=-1)[share - below > 0]
    return np.concatenate([nine, same]), np.concatenate(
        [below[below > 0], (share - below)[share - below > 0]]
    )


def _tilted(low: int, high: int, mean: float) -> tuple[Array, Array]:
    """Geometric law on low to high with a given mean."""
    support = np.arange(low, high + 1)
    return support, _solved(support - low, mean - low, support - low)


def _power(low: int, high: int, mean: float) -> tuple[Array, Array]:
    """Power law on low to high with a given mean."""
    support = np.arange(low, high + 1)
    return support, _solved(-np.log(support / low), mean, support)


def _solved(exponent: Array, mean: float, heads: Array) -> Array:
    """Law proportional to exp(tilt times exponent) whose mean of `heads` is the one given."""

    def law(tilt: float) -> Array:
        logs = tilt * exponent
        raw = np.exp(logs - logs.max())
        normal: Array = raw / raw.sum()
        return normal

    return law(brentq(lambda tilt: float(law(tilt) @ heads) - mean, -60.0, 60.0))


def _turnover(cells: dict[str, float], persons: Array, weight: Array) -> Array:
    """Expected turnover of each state: that of its class, in proportion to persons employed.

    An enterprise without persons counts as half a person: it is active by its turnover.
    """
    heads = np.maximum(persons, 0.5)
    out = np.zeros(len(persons))
    for code, (low, high) in {"0-9": (0, 9), **_ABOVE}.items():
        here = (persons >= low) & (persons <= high)
        mean = cells[f"NETTUR_MEUR {code}"] * 1e6 / cells[f"ENT_NR {code}"]
        out[here] = heads[here] * mean * weight[here].sum() / (weight[here] * heads[here]).sum()
    return out


def _rates(geo: str, year: int) -> tuple[float, float]:
    """Birth and death rate of the country, or of the EU where its own are not embedded."""
    (bd,) = tables("bd_size")
    rates = bd[(bd["year"] == year) & (bd["size"] == "TOTAL")]
    found = []
    for indic in ("ENT_BRTHR_PC", "ENT_DTHR_PC"):
        cells = rates[rates["indic"] == indic]
        value = dict(zip(cells["geo"].astype(str), cells["value"], strict=True))
        if geo not in value and "EU27_2020" not in value:
            raise NotAvailableError(f"bd_size has no {indic} of {geo} or of the EU in {year}")
        found.append(float(value.get(geo, value.get("EU27_2020", np.nan))) / 100)
    return found[0], found[1]
