"""Convergence in a picture: every dot, line, interval and word against figures worked by hand."""

import math

import pandas as pd
import pytest

from sme_stats.errors import MixingError, NotAvailableError, UsageError
from sme_stats.frame import tidy
from sme_stats.indicators.registry import COMPARISONS, find
from sme_stats.indicators.spread import convergence as computed
from sme_stats.plotting import convergence, recipes
from sme_stats.plotting.recipes import Question, draw

#: Start, and growth in percent a year over two years: the low grow faster, exactly on a line.
STARTS = {"DE": 20.0, "FR": 40.0, "IT": 80.0}
GROWN = {"DE": 3.0, "FR": 2.0, "IT": 1.0}


def cells(starts=STARTS, grown=GROWN, half=0.0, **fields):
    rows = [
        {"geo": geo, "year": year, "value": start * math.exp(grown[geo] * (year - 2022) / 100)}
        for geo, start in starts.items()
        for year in (2022, 2024)
    ]
    frame = pd.DataFrame(rows).assign(
        dataset="synthetic_sbs", vintage="2026-01-01", measure="persons_employed_share",
        unit="PC", nace="C", size="0-249", flag="", conf="",
    ).assign(**fields)  # fmt: skip
    frame["lower"], frame["upper"] = frame["value"] - half, frame["value"] + half
    return tidy({str(c): frame[c].to_numpy() for c in frame.columns})


def marks(chart, gid):
    return [line for line in chart.axes.lines if line.get_gid() == gid]


def test_dots_stand_at_start_and_growth_on_a_logarithmic_axis():
    chart = convergence(cells())
    assert chart.axes.get_xscale() == "log"
    dots = [(float(m.get_xdata()[0]), float(m.get_ydata()[0])) for m in marks(chart, "value")]
    assert dots == [pytest.approx((STARTS[g], GROWN[g])) for g in STARTS]
    labels = [t.get_text() for t in chart.axes.texts if t.get_gid() == "point-label"]
    assert labels == ["DE", "FR", "IT"]
    assert chart.data[["geo", "year"]].to_numpy().tolist() == [
        [g, y] for g in STARTS for y in (2022, 2024)
    ]


def test_the_line_has_the_slope_of_beta():
    chart = convergence(cells())
    (line,) = marks(chart, "slope")
    assert list(line.get_xdata()) == pytest.approx([20, 80])
    assert list(line.get_ydata()) == pytest.approx([3, 1])
    beta = computed(cells(), 2022, 2024)["value"].iloc[2]
    assert beta == pytest.approx((0.01 - 0.03) / math.log(4))
    assert line.get_linestyle() == "-" and "Beta, the slope of the line: −0.014" in chart.note


@pytest.mark.parametrize(
    ("grown", "title", "style"),
    [
        ([3.0, 2.0, 1.0], "Low starters grew faster: the SME share of persons employed conv", "-"),
        ([1.0, 2.0, 3.0], "High starters grew faster: the SME share of persons employed div", "-"),
        ([1.0, 3.0, 1.5], "No sign that the SME share of persons employed converged from 2", "--"),
    ],
)
def test_the_title_says_what_the_interval_of_beta_says(grown, title, style):
    frame = cells(grown=dict(zip(STARTS, grown, strict=True)))
    chart, beta = convergence(frame), computed(frame, 2022, 2024).iloc[2]
    assert chart.title.startswith(title)
    assert (beta["lower"] < 0 < beta["upper"]) == ("contains zero" in chart.title)
    assert marks(chart, "slope")[0].get_linestyle() == style
    assert chart.title in chart.alt and chart.alt.startswith("Synthetic data, no real enterprise.")


def test_all_alike_have_no_line_and_no_beta():
    chart = convergence(cells(starts=dict.fromkeys(STARTS, 40.0)))
    assert not marks(chart, "slope") and "No beta: all start alike." in chart.note
    assert chart.title.endswith("was the same everywhere in 2022: there is nothing to converge")


def test_rounded_values_carry_bars_in_both_directions():
    assert not marks(convergence(cells()), "interval")
    chart = convergence(cells(half=0.5))
    bars = marks(chart, "interval")
    assert len(bars) == 6
    assert list(bars[0].get_xdata()) == pytest.approx([19.5, 20.5])
    last = 20 * math.exp(0.06)
    ends = [50 * math.log((last - 0.5) / 20.5), 50 * math.log((last + 0.5) / 19.5)]
    assert list(bars[1].get_ydata()) == pytest.approx(ends)


def test_provisional_is_lighter_and_other_flags_stand_beside_the_code():
    frame = cells()
    frame["flag"] = ["", "p", "e", "", "", ""]
    chart = convergence(frame)
    faces = [m.get_markerfacecolor() for m in marks(chart, "value")]
    assert faces[0] != faces[1] == faces[2]
    labels = [t.get_text() for t in chart.axes.texts if t.get_gid() == "point-label"]
    assert labels == ["DE", "FR e", "IT"]
    assert "p provisional" in chart.note and "Provisional: Germany." in chart.alt


@pytest.mark.parametrize("width", [3.4, 6.5])
def test_labels_touch_neither_dots_nor_each_other(width):
    codes = "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    starts = {g: 60 + (n % 6) * 2.0 for n, g in enumerate(codes.split())}
    grown = {g: (n * 7 % 27) / 27 for n, g in enumerate(starts)}
    chart = convergence(cells(starts, grown), width=width)
    boxes = [t.get_window_extent() for t in chart.axes.texts if t.get_gid() == "point-label"]
    dots = [chart.axes.transData.transform((m.get_xdata()[0], m.get_ydata()[0]))
            for m in marks(chart, "value")]  # fmt: skip
    assert len(boxes) == len(dots) == 27
    for n, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[n + 1 :])
        assert not any(box.contains(*dot) for dot in dots)
        assert box.x0 >= 0 and box.x1 <= chart.figure.bbox.x1


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", "No sign that"), ("fr", "aucun signe de convergence"), ("de", "kein Zeichen von")],
)
def test_shares_of_real_countries(lang, told):
    chart = draw("convergence", Question(measure="persons_employed", since=2022, year=(2024,)),
                 lang=lang)  # fmt: skip
    assert told in chart.title and told in chart.alt
    dot = "." if lang == "en" else ","
    for shown in ("0.020", "−0.010", "0.049", "0.118", "0.123"):  # as `convergence` documents
        assert shown.replace(".", dot) in chart.note
    assert set(chart.data["year"]) == {2022, 2024} and len(chart.data) == 36
    assert ": PT." in chart.note and "sbs_sc_ovw" in chart.note


@pytest.mark.parametrize(
    ("asked", "years"),
    [
        ({}, (2022, 2023)),
        ({"since": 2021}, (2021, 2023)),
        ({"year": (2022,)}, (2021, 2022)),
        ({"year": (2021, 2022, 2023)}, (2021, 2023)),
        ({"year": (2023,), "since": 2021}, (2021, 2023)),
    ],
)
def test_years_that_are_not_named_are_those_that_countries_have(asked, years):
    drawn = draw("convergence", Question(indicator="birth-rate", **asked))
    assert set(drawn.data["year"]) == set(years), "2024 is of one country alone"


def test_no_two_years_of_enough_countries():
    with pytest.raises(NotAvailableError, match=r"no two of them until 2021 have so many: name"):
        draw("convergence", Question(indicator="birth-rate", year=(2021,)))
    with pytest.raises(NotAvailableError, match=r"at hand for 2021, .* no two of them have so"):
        draw("convergence", Question(indicator="birth-rate", geo=("DE", "FR")))


def test_refusals():
    with pytest.raises(NotAvailableError, match="fewer than three countries"):
        draw("convergence", Question(geo=("DE", "FR"), since=2022, year=(2024,)))
    with pytest.raises(UsageError, match="of an indicator of one year, and growth-rate is none"):
        draw("convergence", Question(indicator="growth-rate"))
    with pytest.raises(UsageError, match="leaves out countries with a break"):
        draw("convergence", Question(across_breaks="flag"))
    with pytest.raises(UsageError, match=r"rank compares .* drawn by ranking$"):
        draw("ranking", Question(indicator="rank"))
    with pytest.raises(
        UsageError, match=r"distance compares .* and then=distance; drawn by ranking"
    ):
        draw("ranking", Question(indicator="distance"))
    with pytest.raises(MixingError, match="several nace"):
        frame = cells()
        frame["nace"] = ["C", "C", "F", "F", "F", "F"]
        convergence(frame)
    with pytest.raises(UsageError, match="start must come before the end"):
        convergence(cells(), start=2024, end=2024)


def test_a_comparison_claims_only_charts_that_there_are():
    assert find("convergence").charts == ("convergence",) and find("rank").charts == ("ranking",)
    assert all(set(one.charts) <= set(recipes.RECIPES) for one in COMPARISONS.values())
