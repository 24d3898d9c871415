"""Synthetic tables of two families, as they are and as a source would publish them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sme_stats.frame import tidy

SBS_CLASSES = {"0-9": (0, 9), "10-49": (10, 49), "50-249": (50, 249), "GE250": (250, 900)}
BD_CLASSES = {"0": (0, 0), "1-4": (1, 4), "5-9": (5, 9), "GE10": (10, 90)}
PLACES = ("AT", "BE", "DE")
SECTIONS = ("B", "C", "D", "E")
YEARS = (2021, 2022, 2023)
AMOUNTS = ("turnover", "value_added", "personnel_cost", "gross_operating_surplus",
           "gross_investment")  # fmt: skip


@dataclass(frozen=True)
class Published:
    """A table as it is, and as published: rounded, withheld, flagged, in any order."""

    truth: pd.DataFrame
    shown: pd.DataFrame


def _margins(inner: np.ndarray) -> np.ndarray:
    """Sections by classes with the aggregate below and TOTAL to the right."""
    wide = np.concatenate([inner, inner.sum(axis=-1, keepdims=True)], axis=-1)
    return np.concatenate([wide, wide.sum(axis=-2, keepdims=True)], axis=-2)


def _cells(measures: dict[str, tuple[str, np.ndarray]], classes, family: str) -> pd.DataFrame:
    """Frame of measures given as places by years by sections by classes."""
    axes = [PLACES, YEARS, (*SECTIONS, "B-E"), (*classes, "TOTAL")]
    keys = pd.MultiIndex.from_product(axes, names=["geo", "year", "nace", "size"])
    parts = [
        keys.to_frame(index=False).assign(measure=name, unit=unit, value=values.reshape(-1))
        for name, (unit, values) in measures.items()
    ]
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(dataset=f"synthetic_{family}", vintage="2026-01-01", indic="", flag="",
                        conf="")  # fmt: skip


def _people(random, classes):
    shape = (len(PLACES), len(YEARS), len(SECTIONS), len(classes))
    firms = random.integers(0, 7, shape)
    low, high = np.array(list(classes.values())).T
    return firms, random.integers(firms * low, firms * high + 1)


def structural(random) -> pd.DataFrame:
    """Structural business statistics: counts and amounts; surpluses may be losses."""
    firms, persons = _people(random, SBS_CLASSES)
    counts = {"enterprises": firms, "persons_employed": persons}
    measures = {name: ("NR", _margins(inner)) for name, inner in counts.items()}
    for name in AMOUNTS:
        amount = np.round(persons * random.uniform(0, 3, persons.shape))
        if name in ("value_added", "gross_operating_surplus"):
            amount -= (random.random(amount.shape) < 0.1) * 3 * amount
        measures[name] = ("MEUR", _margins(amount))
    return _cells(measures, SBS_CLASSES, "sbs")


def demographic(random) -> pd.DataFrame:
    """Business demography: stocks, flows and the rates that Eurostat prints with two decimals."""
    firms, employees = _people(random, BD_CLASSES)
    births = random.integers(0, firms + 1)
    deaths = random.integers(0, firms + 1)
    counts = {
        "active_enterprises": firms, "employees": employees, "births": births, "deaths": deaths,
        "persons_employed": employees + firms, "persons_employed_in_births": 2 * births,
        "persons_employed_in_deaths": 3 * deaths, "employer_active_enterprises": firms,
        "employer_births": births, "employer_deaths": deaths,
    }  # fmt: skip
    frame = _cells({m: ("NR", _margins(v)) for m, v in counts.items()}, BD_CLASSES, "bd")
    frame = frame.assign(age="TOTAL")
    survivors = frame[frame["measure"] == "births"].assign(measure="survivors", age="Y5")
    kept = survivors.assign(measure="persons_employed_in_survivors", value=4 * survivors["value"])
    rate = survivors.assign(measure="survival", unit="PC", value=50.0 + survivors["value"])
    more = [rate.assign(age=f"Y{n}", value=rate["value"] - n) for n in (1, 2, 5)]
    fast = ("high_growth_share", "young_high_growth_share")
    growing = [rate.assign(measure=m, age="TOTAL") for m in fast]
    employers = rate.assign(measure="employer_survival")
    shown = frame[frame["measure"].isin(["births", "deaths"])].reset_index(drop=True)
    stock = np.tile(frame.loc[frame["measure"] == "active_enterprises", "value"].to_numpy(), 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        printed = np.where(stock > 0, 100 * shown["value"] / stock, 0.0)
    printed_rates = shown.assign(
        measure=shown["measure"].map({"births": "birth_rate", "deaths": "death_rate"}), unit="PC",
        value=printed,
    )  # fmt: skip
    return pd.concat(
        [frame, survivors, kept, *more, *growing, employers, printed_rates], ignore_index=True
    )


def publish(truth: pd.DataFrame, random, hide: float, round_to: int, drop: float) -> Published:
    """Withhold, round, flag, leave out and shuffle."""
    frame = truth.copy()
    rates = frame["unit"] == "PC"
    frame["value"] = frame["value"].where(~rates, frame["value"].round(2)).astype(float)
    shown = frame["value"].to_numpy()
    unit = np.where(rates, 0.0, 10.0**round_to if round_to else 0.0)
    rounded = np.where(unit > 0, np.round(shown / np.where(unit > 0, unit, 1)) * unit, shown)
    floor = np.where(frame["measure"].isin(["value_added", "gross_operating_surplus"]), -np.inf, 0)
    withheld = (random.random(len(frame)) < hide) & ~rates.to_numpy()
    frame["value"] = np.where(withheld, np.nan, rounded)
    frame["conf"] = np.where(withheld, "C", "")
    frame["flag"] = random.choice(["", "", "p", "e", "de"], len(frame))
    if round_to:
        frame["lower"] = np.where(withheld, np.nan, np.maximum(rounded - unit / 2, floor))
        frame["upper"] = np.where(withheld, np.nan, rounded + unit / 2)
    keep = random.random(len(frame)) >= drop
    shuffled = frame[keep].sample(frac=1.0, random_state=int(random.integers(2**31)))
    columns = [*shuffled.columns]
    return Published(
        tidy({c: truth[c].to_numpy() for c in truth.columns}),
        tidy({c: shuffled[c].to_numpy() for c in columns}),
    )
