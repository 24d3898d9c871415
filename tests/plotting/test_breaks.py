"""Lines are never joined across a break, and never filled in."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sme_stats import load, plotting
from sme_stats.errors import MixingError
from sme_stats.plotting.lines import apart, year_ticks
from sme_stats.plotting.series import cut, shared_gaps

#: A break that every table has: the regulation of 2021.
BETWEEN = (2020, 2021)


def joined(chart, marked):
    return [
        tuple(int(x) for x in line.get_xdata())
        for gid in ("joined", "dotted") for line in marked(chart, gid)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["trend", "trend withheld", "trend of four", "trend of all", "rates", "births",
             "rates provisional"],
)  # fmt: skip
def test_no_segment_crosses_the_break(cases, marked, name):
    chart = cases[name]()
    assert not [s for s in joined(chart, marked) if s[0] <= BETWEEN[0] and s[1] >= BETWEEN[1]]
    (line,) = [b for b in marked(chart, "break") if BETWEEN[0] < b.get_xdata()[0] < BETWEEN[1]]
    assert line.get_linestyle() != "-"
    assert "Break 2021" in [t.get_text() for t in marked(chart, "break-label")]
    assert "2020/2021" in chart.note
    assert "2020/2021" in chart.alt


def test_a_cell_flagged_b_cuts_the_line(marked):
    births = load("bd_9bd_sz_cl_r2", geo="DE", measure="births", size="TOTAL", nace="B-N_X_K642")
    assert (2015, 2016) in joined(plotting.births_deaths(births), marked)
    flag = ["b" if year == 2016 else "" for year in births["year"]]
    chart = plotting.births_deaths(births.assign(flag=flag))
    assert (2015, 2016) not in joined(chart, marked)
    assert "2015/2016 (flag b)" in chart.note


def test_breaks_of_the_catalogue_cut_the_line(frames, marked):
    chart = plotting.births_deaths(frames["births"]("FR"))
    assert not {(2008, 2009), (2012, 2013)} & set(joined(chart, marked))
    assert "2008/2009 (French births: the micro-entrepreneur regime began)" in chart.note


def test_a_break_of_one_place_is_a_gap_and_no_line(frames, marked):
    chart = plotting.trend(frames["sme_years"]("FR", "BE", "CZ", "PL"))
    assert len(marked(chart, "break")) == 1
    assert "2015/2020 France (enterprise instead of legal unit)" in chart.note


def test_missing_years_are_dotted_and_said(frames, marked):
    chart = plotting.trend(frames["sme_years"]("BE"))
    dotted = [tuple(map(int, line.get_xdata())) for line in marked(chart, "dotted")]
    assert dotted == [(2010, 2015), (2015, 2020)]
    assert "Dotted: years between are not at hand." in chart.note
    solid = [tuple(map(int, line.get_xdata())) for line in marked(chart, "joined")]
    assert solid == [(2021, 2022), (2022, 2023), (2023, 2024)]


def test_marks_stand_at_year_and_value(frames, marked):
    chart = plotting.trend(frames["sme_years"]("BE"))
    marks = marked(chart, "value")
    assert [line.get_xdata()[0] for line in marks] == chart.data["year"].tolist()
    assert [line.get_ydata()[0] for line in marks] == chart.data["value"].tolist()


def test_a_break_between_distant_years_stands_at_its_own_year(frames, marked):
    chart = plotting.trend(frames["sme_years"]("DE"))
    assert [b.get_xdata()[0] for b in marked(chart, "break")] == [2017.5, 2020.5]
    assert [t.get_text() for t in marked(chart, "break-label")] == ["Break 2018", "Break 2021"]


def test_withheld_years_are_hatched(frames, marked):
    chart = plotting.trend(frames["sme_years"]("PT"))
    hidden = chart.data[chart.data["value"].isna()]
    bars = marked(chart, "withheld")
    assert [b.get_y() for b in bars] == pytest.approx(hidden["lower"].tolist())
    assert [b.get_height() for b in bars] == pytest.approx(
        (hidden["upper"] - hidden["lower"]).tolist()
    )
    assert all(b.get_hatch() for b in bars)


def test_rounded_rates_have_their_interval(frames, marked):
    chart = plotting.births_deaths(frames["rates"]("EU27_2020"))
    spans = [line.get_ydata() for line in marked(chart, "interval")]
    assert spans
    assert all(high - low == pytest.approx(0.01) for low, high in spans)


def test_the_finding_compares_only_since_the_last_break(frames):
    chart = plotting.trend(frames["sme_years"]("BE"))
    assert "(2021)" in chart.title
    assert "(2024)" in chart.title
    assert "2010" not in chart.title


def test_the_finding_says_rose_only_where_intervals_are_apart(frames):
    series = frames["sme_years"]("DE")
    assert "fell" in plotting.trend(series).title
    blurred = series.assign(lower=series["value"] - 5, upper=series["value"] + 5)
    assert "fell" not in plotting.trend(blurred).title
    assert "55.5\u00a0% (2024)" in plotting.trend(blurred).title
    rising = series.assign(value=series["year"] - 1960.0, lower=series["year"] - 1960.0,
                           upper=series["year"] - 1960.0)  # fmt: skip
    assert "rose" in plotting.trend(rising).title
    flat = series.assign(value=50.0, lower=50.0, upper=50.0)
    assert "rose" not in plotting.trend(flat).title


def test_all_withheld(frames):
    series = frames["sme_years"]("PT")
    chart = plotting.trend(series[series["value"].isna()])
    assert chart.title.endswith("withheld for every place shown")


def test_two_activities_in_one_year_are_refused():
    both = load("bd_9bd_sz_cl_r2", geo="AT", year=2020, measure="active_enterprises", size="TOTAL")
    with pytest.raises(MixingError, match=r"geo=AT year=2020: they differ in nace \(B-N_X_K642"):
        plotting.trend(both)


def test_a_change_of_population_is_a_break():
    one = load("bd_9bd_sz_cl_r2", geo="DE", measure="births", size="TOTAL", nace="B-N_X_K642")
    moved = one.assign(nace=["B-S_X_K642" if y > 2015 else "B-N_X_K642" for y in one["year"]])
    chart = plotting.births_deaths(moved)
    assert "2015/2016 (change of population)" in chart.note


def test_a_change_to_an_unknown_table_is_a_break(frames):
    series = frames["sme_years"]("DE")
    other = series.assign(dataset=["x" if y > 2022 else "y" for y in series["year"]], nace="")
    assert "2022/2023 (change of table from y to x)" in plotting.trend(other).note


def test_shared_gaps_need_both_sides():
    frame = load("sbs_sc_ovw", geo=["DE", "FR"], measure="enterprises", size="TOTAL")
    frame = frame.assign(flag=frame["flag"].astype(str))
    series = [cut(g, g, frame[frame["geo"] == g], "en") for g in ("DE", "FR")]
    assert shared_gaps(series) == []


def test_labels_are_pushed_apart_and_stay_inside():
    places = apart([0.0, 0.0, 0.0, 0.05, 3.0], 0.2, 3.0)
    ordered = sorted(places)
    assert min(b - a for a, b in pairwise(ordered)) >= 0.2 - 1e-9
    assert ordered[0] >= 0
    assert ordered[-1] <= 3.0


def test_years_are_labelled_as_they_fit():
    assert year_ticks(2021, 2024, [2021, 2022, 2023, 2024], 4.0) == [2021, 2022, 2023, 2024]
    assert year_ticks(2004, 2023, list(range(2004, 2024)), 2.0) == [2005, 2010, 2015, 2020]


def test_many_lines_are_grey_but_for_those_that_stand_out(cases, marked):
    from sme_stats.plotting import style

    colours = {line.get_color() for line in marked(cases["trend of all"](), "joined")}
    assert style.REST in colours
    assert len(colours) == 4
