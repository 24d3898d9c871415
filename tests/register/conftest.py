"""Small registers by hand, random ones, and the engines they are tabulated on."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from functools import cache

import numpy as np
import pandas as pd
import pytest

from sme_stats import register


def firm(firm_id, years, persons=3, **more):
    """Rows of one enterprise: `persons` a number or one a year; employees are the same."""
    heads = np.broadcast_to(np.asarray(persons), len(years))
    rows = pd.DataFrame({"firm_id": firm_id, "year": list(years), "nace": "C25", "geo": "AT",
                         "persons_employed": heads, "employees": heads})  # fmt: skip
    return rows.assign(**more)


def table(*firms):
    """Register of several enterprises; blank events where only some have them."""
    rows = pd.concat(firms, ignore_index=True)
    for event in ("entry_event", "exit_event"):
        if event in rows.columns:
            rows[event] = rows[event].fillna("")
    return rows


#: An enterprise that is there in every year, so that the country is covered.
ALWAYS = firm(1, range(2010, 2021))


def series(frame, indic, nace="C", size="TOTAL", age=None):
    """Year to value of one cell over time."""
    cells = frame[(frame["indic"] == indic) & (frame["nace"] == nace)]
    if "size" in cells.columns:
        cells = cells[cells["size"] == size]
    if age:
        cells = cells[cells["age"] == age]
    return dict(zip(cells["year"].tolist(), cells["value"].tolist(), strict=True))


def random_register(seed, firms=60, years=8):
    """Register with gaps, moves between activities, events, empty years."""
    rng = np.random.default_rng(seed)
    there = rng.random((firms, years)) < rng.uniform(0.3, 0.95, (firms, 1))
    firm_id, year = np.nonzero(there)
    count = len(firm_id)
    employees = np.where(rng.random(count) < 0.4, 0, rng.geometric(0.05, count))
    codes = np.array(["B05", "C10", "C25", "D", "E38", "G47", "S94", "S95", "S96", "A01"])
    moved = (rng.integers(0, len(codes), firms)[firm_id] + (rng.random(count) < 0.1)) % len(codes)
    return pd.DataFrame({
        "firm_id": firm_id * 7, "year": year + 2010, "nace": codes[moved],
        "geo": np.array(["AT", "FR"])[rng.integers(0, 2, firms)[firm_id]],
        "persons_employed": employees + rng.integers(0, 3, count), "employees": employees,
        "turnover": np.where(rng.random(count) < 0.1, 0.0, rng.lognormal(10, 3, count)),
        "value_added": rng.normal(1e4, 1e5, count),
        "entry_event": rng.choice(["", "", "merger", "reactivation"], count),
        "exit_event": rng.choice(["", "", "break_up"], count),
    })  # fmt: skip


@cache
def missing(engine):
    """Why an engine cannot be had here; empty if it can."""
    module, extra = register.ENGINES[engine]
    if importlib.util.find_spec(module.split(".")[0]) is None:
        return f"{engine} is not installed: pip install 'sme-stats[{extra}]'"
    java = shutil.which("java")
    if engine == "spark" and not (java and not subprocess.run([java, "-version"]).returncode):
        return "Spark needs Java, which is not installed"
    return ""


@pytest.fixture
def engine(request, monkeypatch):
    """An engine, or a skip that says what is missing."""
    if why := missing(request.param):
        pytest.skip(why)
    if request.param == "spark":  # half of a short run is the second compiler of Java
        monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    return request.param


@pytest.fixture(scope="session")
def generated(tmp_path_factory):
    """A generated register of two countries."""
    path = tmp_path_factory.mktemp("registers") / "generated"
    return register.generate(path, firm_years=400_000, geo=["AT", "FR"], seed=11)
