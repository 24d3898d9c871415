"""Shares over a large table and bounds over many blocks, on synthetic cells, in one run."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pyarrow as pa

SIZES = ["0-9", "10-19", "20-49", "50-249", "GE250", "TOTAL"]
MEASURES = ["enterprises", "persons_employed", "turnover", "value_added", "employees"]


def ratios() -> list[dict]:
    """Ratios with their targets."""
    frame = large_table(20_000_000)
    shares = _seconds(lambda: _all_shares(frame))
    floor = _seconds(lambda: _group_by(frame))
    small, double = withheld_table(264), withheld_table(528)
    bounds_once, bounds_twice = _bounds_seconds(small), _bounds_seconds(double)
    return [
        {"name": f"shares of {len(frame):,} synthetic cells, s", "value": shares, "target": 3.0,
         "better": "lower"},
        {"name": "the same / bare pyarrow group-by", "value": shares / floor, "target": 3.0,
         "better": "lower"},
        {"name": f"bounds of {len(small):,} synthetic cells, 25 % withheld, s",
         "value": bounds_once, "target": 60.0, "better": "lower"},
        {"name": "twice the blocks / once", "value": bounds_twice / bounds_once, "target": 2.6,
         "better": "lower"},
    ]  # fmt: skip


def large_table(cells: int) -> pd.DataFrame:
    """Synthetic cells: all measures by sizes, sections, countries and years."""
    geos, years = 36, 4
    naces = cells // (len(MEASURES) * len(SIZES) * geos * years)
    shape = (len(MEASURES), naces, geos, years, len(SIZES))
    rng = np.random.default_rng(1)
    value = rng.integers(1, 100_000, shape).astype(float)
    value[..., -1] = value[..., :-1].sum(axis=-1)
    index = np.indices(shape, dtype=np.int16).reshape(5, -1)

    def column(axis: int, codes: list[str]) -> pd.Categorical:
        return pd.Categorical.from_codes(index[axis], codes)

    rows = value.size
    blank = pd.Categorical.from_codes(np.zeros(rows, np.int8), [""])
    return pd.DataFrame({
        "dataset": pd.Categorical.from_codes(np.zeros(rows, np.int8), ["synthetic"]),
        "vintage": blank, "indic": column(0, MEASURES), "measure": column(0, MEASURES),
        "unit": pd.Categorical.from_codes(np.zeros(rows, np.int8), ["NR"]),
        "nace": column(1, [f"N{i}" for i in range(naces)]), "size": column(4, SIZES),
        "geo": column(2, [f"G{i}" for i in range(geos)]),
        "year": (2021 + index[3]).astype(np.int16), "value": value.reshape(-1), "flag": blank,
        "conf": blank,
    })  # fmt: skip


def withheld_table(blocks: int) -> pd.DataFrame:
    """Synthetic sections by size classes with 25 % of persons employed withheld."""
    from sme_stats.codelists import table
    from sme_stats.frame import tidy

    sections = table("NACE")["B-S_X_O_S94"]["parts"].split(";")
    low = np.array([1.0, 10, 20, 50, 250])
    rng = np.random.default_rng(2)
    firms = np.round(np.exp(rng.normal([8, 5, 4, 3, 2], 0.8, (blocks, len(sections), 5)))) + 1
    persons = np.floor(firms * low * rng.uniform(1.0, 1.8, firms.shape))

    def margins(cells: np.ndarray) -> np.ndarray:
        wide = np.concatenate([cells, cells.sum(2, keepdims=True)], 2)
        return np.concatenate([wide, wide.sum(1, keepdims=True)], 1)

    hidden = rng.random(margins(persons).shape) < 0.25
    hidden[:, -1, -1] = False
    names = [[f"G{i}" for i in range(blocks)], [*sections, "B-S_X_O_S94"], SIZES]
    keys = pd.MultiIndex.from_product(names, names=["geo", "nace", "size"]).to_frame(index=False)
    parts = [
        keys.assign(measure="enterprises", value=margins(firms).reshape(-1), conf=""),
        keys.assign(measure="persons_employed", conf=np.where(hidden, "C", "").reshape(-1),
                    value=np.where(hidden, np.nan, margins(persons)).reshape(-1)),
    ]  # fmt: skip
    frame = pd.concat(parts, ignore_index=True).assign(
        dataset="synthetic", vintage="", indic="", unit="NR", year=2023, flag=""
    )
    return tidy({str(c): frame[c].to_numpy() for c in frame.columns})


def _all_shares(frame: pd.DataFrame) -> None:
    from sme_stats.indicators.ranges import share_values
    from sme_stats.indicators.shares import bounded_cube

    cube = bounded_cube(frame)
    for size in (*SIZES[:-1], "0-249", "10-249", "0-49"):
        share_values(cube, size)


def _group_by(frame: pd.DataFrame) -> None:
    table = pa.table({c: pa.array(frame[c]) for c in ("measure", "nace", "geo", "year", "value")})
    table.group_by(["measure", "nace", "geo", "year"]).aggregate([("value", "sum")])


def _bounds_seconds(frame: pd.DataFrame) -> float:
    from sme_stats import bounds

    return _seconds(lambda: bounds(frame))


def _seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    for row in ratios():
        print(f"{row['name']:<64}{row['value']:>9.2f}  target {row['target']}")
