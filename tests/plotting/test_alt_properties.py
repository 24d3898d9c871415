"""Alt text of SYNTHETIC data drawn by chance: it says what is in them and nothing else."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sme_stats import plotting
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.words import place

pytestmark = pytest.mark.exhaustive

NUMBER = re.compile("(?<![\\w\u2013])\u2212?\\d[\\d,.]*")
GEOS = ["BE", "CZ", "EE", "EL", "FI", "IT", "PL", "SE"]
#: What is drawn of each frame, and which years it has.
CHARTS = {"ranking": [2023], "tile_map": [2023], "trend": [2021, 2022, 2023], "slope": [2021, 2023],
          "small_multiples": [2021, 2022, 2023]}  # fmt: skip


@st.composite
def cells(draw, years):
    """Some places with a value, an interval around it, or bounds only; some provisional."""
    places = draw(st.lists(st.sampled_from(GEOS), min_size=2, max_size=8, unique=True))
    rows = []
    for geo in places:
        for year in years:
            value = draw(st.floats(1.5, 99.0).map(lambda v: round(v, 3)))
            kind = draw(st.sampled_from(["known", "known", "rounded", "withheld", "unknown"]))
            spread = 0.0 if kind == "known" else draw(st.sampled_from([0.3, 1.2]))
            ends = (value - spread, value + spread) if kind != "unknown" else (None, None)
            hidden = kind in ("withheld", "unknown")
            rows.append([geo, year, None if hidden else value, *ends, "C" if hidden else "",
                         draw(st.sampled_from(["", "", "p"]))])  # fmt: skip
    names = ["geo", "year", "value", "lower", "upper", "conf", "flag"]
    frame = pd.DataFrame(rows, columns=names)
    numbers = {n: frame[n].astype(float) for n in ("value", "lower", "upper")}
    return frame.assign(**numbers, dataset="synthetic_sbs", vintage="2026", nace="C", unit="PC",
                        measure="turnover_share", size="0-249")  # fmt: skip


def printable(frame: pd.DataFrame, fmt: Format) -> set[str]:
    """Every number that the data print as, ends of intervals outwards; years; counts of rows."""
    known = frame["value"].dropna()
    found = {fmt.text(v) for v in [*known, *frame["lower"].dropna(), *frame["upper"].dropna()]}
    for low, high in zip(frame["lower"], frame["upper"], strict=True):
        if low == low:
            found |= {*fmt.ends(low, high), *fmt.span(low, high).split("\u2013")}
    bare = {text.replace("\u00a0%", "") for text in found}
    counts = {str(n) for n in range(frame["geo"].nunique() + 1)}
    return bare | counts | {str(y) for y in frame["year"]}


@pytest.mark.parametrize("chart", CHARTS)
@settings(
    max_examples=settings.default.max_examples // 6, suppress_health_check=[HealthCheck.too_slow]
)
@given(data=st.data())
def test_every_number_is_in_the_data_and_every_doubt_is_told(chart, data):
    frame = data.draw(cells(CHARTS[chart]))
    seen = getattr(plotting, chart)(frame)
    ends = [*frame["value"], *frame["lower"], *frame["upper"]]
    known = printable(frame, fit(ends, "PC"))
    spoken = seen.alt.replace("EU27", "")
    numbers = [n.rstrip(".,") for n in NUMBER.findall(spoken)]
    assert [n for n in numbers if n not in known] == []
    hidden = frame[frame["value"].isna()]
    for geo in hidden["geo"].unique():
        assert place(geo, "en") in seen.alt.split("Withheld")[-1]
    if chart in ("ranking", "tile_map") and frame["value"].notna().sum() > 1:
        best = frame.loc[frame["value"].idxmax(), "geo"]
        assert place(best, "en") in seen.alt
    # A place that may lie beyond the highest or lowest known one hedges the finding.
    if chart == "ranking" and len(hidden) and frame["value"].notna().sum() > 1:
        unsure = hidden["lower"].isna().any() or hidden["upper"].max() > frame["value"].max()
        assert not (unsure and seen.title.startswith("The "))
