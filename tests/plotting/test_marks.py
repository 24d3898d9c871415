"""What the artists say: bars, dots, lines, breaks and hatching against the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sme_stats import load, plotting
from sme_stats.frame import concat
from sme_stats.plotting import style
from sme_stats.plotting.words import is_aggregate, place


def dots(marked, chart):
    return [(line.get_xdata()[0], line.get_ydata()[0]) for line in marked(chart, "value")]


def segments_at(chart, top):
    found = [
        p for p in chart.axes.patches
        if str(p.get_gid()).startswith("segment-") and p.get_y() == top
    ]  # fmt: skip
    return sorted(found, key=lambda p: p.get_x())


def tops(chart):
    return sorted({
        p.get_y() for p in chart.axes.patches if str(p.get_gid()).startswith("segment-")
    })  # fmt: skip


class TestSizeStructure:
    def test_widths_are_the_shares_and_add_up(self, frames):
        shares = frames["structure"](2023, geo="DE")
        chart = plotting.size_structure(shares)
        for top, measure in zip(tops(chart), chart.data["measure"].unique(), strict=True):
            widths = [p.get_width() for p in segments_at(chart, top)]
            expected = chart.data.loc[chart.data["measure"] == measure, "value"]
            assert widths == pytest.approx(expected.tolist())
            assert sum(widths) == pytest.approx(100, abs=0.02)

    def test_segments_touch(self, frames):
        chart = plotting.size_structure(frames["structure"](2021, geo="PT"))
        for top in tops(chart):
            at = 0.0
            for segment in segments_at(chart, top):
                assert segment.get_x() == pytest.approx(at)
                at += segment.get_width()
            assert at == pytest.approx(100)

    def test_withheld_is_hatched_as_wide_as_it_is_at_least(self, frames):
        shares = frames["structure"](2021, "persons_employed", geo="PT")
        chart = plotting.size_structure(shares)
        lower = shares.set_index("size")["lower"]
        by_code = {p.get_gid(): p for p in chart.axes.patches if p.get_gid() != "key"}
        for code in ("50-249", "GE250"):
            assert by_code[f"segment-{code}"].get_hatch()
            assert by_code[f"segment-{code}"].get_width() == pytest.approx(lower[code])
        assert by_code["segment-"].get_hatch()
        assert not by_code["segment-0-9"].get_hatch()

    def test_a_difference_from_100_is_shown_and_said(self, frames):
        chart = plotting.size_structure(frames["structure"](2023, "persons_employed"))
        row = [str(t.get_text()) for t in chart.axes.get_yticklabels()].index("Slovenia")
        assert sum(p.get_width() for p in segments_at(chart, tops(chart)[row])) > 100.1
        assert "add up to 100.2\u00a0% (Slovenia)" in chart.note

    def test_labels_inside_have_contrast(self, seen, marked):
        chart = seen()
        for text in [t for gid in ("inside", "code", "tile-value") for t in marked(chart, gid)]:
            x, y = text.get_position()
            under = [
                p for p in chart.axes.patches
                if str(p.get_gid()).split("-")[0] in ("segment", "cell", "tile", "empty")
                and p.get_x() < x < p.get_x() + p.get_width()
                and p.get_y() < y < p.get_y() + p.get_height()
            ]  # fmt: skip
            fill = "#" + "".join(f"{round(255 * c):02X}" for c in under[0].get_facecolor()[:3])
            assert style.contrast(text.get_color(), fill) >= 4.5

    def test_every_class_is_labelled_inside_or_under(self, frames, marked):
        chart = plotting.size_structure(frames["structure"](2023, geo="EE"), width=3.2)
        said = " ".join(t.get_text() for gid in ("inside", "caption") for t in marked(chart, gid))
        assert len([1 for part in said.split("%") if part.strip(" ;")]) == len(chart.data)

    def test_places_in_protocol_order(self, frames):
        chart = plotting.size_structure(frames["structure"](2023, "enterprises"), order="protocol")
        order = chart.data["geo"].astype(str).drop_duplicates().tolist()
        assert order[:5] == ["EU27_2020", "BE", "CZ", "DE", "EE"]


class TestRanking:
    def test_dots_stand_at_their_values(self, frames, marked):
        chart = plotting.ranking(frames["sme"](2023))
        values = chart.data["value"].dropna().tolist()
        assert [x for x, _ in dots(marked, chart)] == pytest.approx(values)

    def test_countries_fall_from_the_top_and_aggregates_stand_apart(self, frames, marked):
        chart = plotting.ranking(frames["sme"](2023))
        geo = chart.data["geo"].astype(str).tolist()
        assert geo[0] == "EU27_2020[18/27]"
        values = chart.data["value"].tolist()[1:]
        assert values == sorted(values, reverse=True)
        heights = [y for _, y in dots(marked, chart)]
        assert heights == sorted(heights)
        assert heights[1] - heights[0] > heights[2] - heights[1] + 0.05

    def test_labels_stand_beside_their_dots(self, frames, marked):
        chart = plotting.ranking(frames["sme"](2023))
        heights = [y for _, y in dots(marked, chart)]
        assert chart.axes.get_yticks().tolist() == pytest.approx(heights)
        names = [t.get_text().replace("\n", " ") for t in chart.axes.get_yticklabels()]
        assert names == [place(g, "en") for g in chart.data["geo"].astype(str)]

    def test_protocol_order(self, frames):
        chart = plotting.ranking(frames["sme"](2023), order="protocol")
        geo = [g for g in chart.data["geo"].astype(str) if not is_aggregate(g)]
        assert geo[:4] == ["BE", "CZ", "DE", "EE"]
        assert geo[-1] == "NO"

    def test_withheld_is_a_hatched_bar_from_lower_to_upper(self, frames, marked):
        chart = plotting.ranking(frames["sme"](2021))
        hidden = chart.data[chart.data["value"].isna()]
        bars = marked(chart, "withheld")
        assert [b.get_x() for b in bars] == pytest.approx(hidden["lower"].tolist())
        assert [b.get_x() + b.get_width() for b in bars] == pytest.approx(hidden["upper"].tolist())
        assert all(b.get_hatch() for b in bars)

    def test_rounded_values_have_their_interval_as_a_bar(self, frames, marked):
        rounded = frames["sme"](2023).assign(lower=lambda f: f["value"] - 1.0,
                                             upper=lambda f: f["value"] + 1.0)  # fmt: skip
        chart = plotting.ranking(rounded)
        bars = marked(chart, "interval")
        assert len(bars) == len(chart.data)
        assert [b.get_width() for b in bars] == pytest.approx([2.0] * len(bars))
        assert "left by rounding" in chart.note
        # Neighbours less than an interval apart have no sure order.
        assert chart.title.startswith("Among published values")

    def test_provisional_is_lighter_and_said(self, frames, marked):
        shares = frames["sme"](2023)
        flag = ["p" if g == "DE" else "" for g in shares["geo"]]
        chart = plotting.ranking(shares.assign(flag=flag))
        faces = {line.get_markerfacecolor() for line in marked(chart, "value")}
        assert style.lighter(style.MAIN) in faces
        assert "Provisional values are drawn lighter." in chart.note
        assert "Provisional: Germany." in chart.alt

    def test_partial_aggregate_is_named_with_its_members(self, frames, marked):
        chart = plotting.ranking(frames["sme"](2023))
        assert len(marked(chart, "reference")) == 1
        assert "sum over 18 of 27 member states (AT, BE, CZ" in chart.note
        assert "not the figure of EU27" in chart.note

    def test_neither_value_nor_bounds(self, frames, marked):
        shares = frames["sme"](2023)
        bare = shares.assign(
            value=shares["value"].where(shares["geo"] != "DE"),
            lower=shares["lower"].where(shares["geo"] != "DE"),
            upper=shares["upper"].where(shares["geo"] != "DE"),
        )
        chart = plotting.ranking(bare)
        assert "no data" in [t.get_text() for t in marked(chart, "value-label")]
        assert "Germany 2023 without bounds" in chart.alt
        assert "nothing bounds it: Germany" in chart.note

    def test_an_infinite_bound_is_no_bound(self, frames, marked):
        level = load("sbs_sc_ovw", year=2021, measure="persons_employed", size="GE250")
        level = level.assign(
            lower=level["value"].fillna(250.0), upper=level["value"].fillna(np.inf)
        )
        chart = plotting.ranking(level)
        assert marked(chart, "withheld") == []

    def test_all_withheld(self, frames):
        shares = frames["sme"](2021)
        chart = plotting.ranking(shares[shares["geo"] == "PT"])
        assert chart.title == "SME share of persons employed: withheld for every place shown"

    def test_one_place_and_equal_places(self, frames):
        shares = frames["sme"](2023)
        one = plotting.ranking(shares[shares["geo"] == "DE"])
        assert one.title == "The SME share of persons employed is 55.2\u00a0% in Germany"
        same = shares[shares["geo"].isin(["DE", "FR"])].assign(value=50.0, lower=50.0, upper=50.0)
        assert plotting.ranking(same).title.endswith("is 50.0\u00a0% in every place shown")


class TestOnePerson:
    def test_counts_the_countries_above_half(self, cases):
        chart = cases["one person"]()
        countries = chart.data[~chart.data["geo"].astype(str).map(is_aggregate)]
        most = int((countries["value"] > 50).sum())
        assert chart.title.startswith(
            f"Most enterprises have no employees in {most} of 19 countries"
        )
        assert "not one-person" in chart.note

    def test_one_country(self, cases):
        data = cases["one person"]().data
        chart = plotting.one_person(data[data["geo"] == "AT"])
        assert chart.title == "58.6\u00a0% of active enterprises have no employees in Austria"

    def test_withheld_countries_are_at_least(self, cases):
        data = cases["one person"]().data
        hidden = data.assign(value=data["value"].where(data["geo"] != "AT"),
                             lower=data["lower"].where(data["geo"] != "AT", 40.0),
                             upper=data["upper"].where(data["geo"] != "AT", 90.0))  # fmt: skip
        assert "in at least 14 of 19" in plotting.one_person(hidden).title

    def test_only_aggregates(self, cases):
        data = cases["one person"]().data
        chart = plotting.one_person(data[data["geo"].astype(str).map(is_aggregate)])
        assert "EU27, partial" in chart.title


class TestClaim:
    def test_intervals_on_one_axis(self, verdicts, marked):
        chart = plotting.claim_against_data(verdicts["value"])
        (printed,) = marked(chart, "printed")
        assert (printed.get_x(), printed.get_width()) == pytest.approx((57.5, 1.0))
        (reading,) = marked(chart, "reading")
        assert reading.get_x() == pytest.approx(58.0)
        assert [x for x, _ in dots(marked, chart)] == [63.6]
        (interval,) = marked(chart, "interval")
        assert interval.get_width() == pytest.approx(0.1)

    def test_nothing_to_compare_with(self, verdicts, marked):
        chart = plotting.claim_against_data(verdicts["nothing"])
        assert chart.title == "Unavailable: “60%” is printed, the data say nothing on it"
        assert "no data" in [t.get_text() for t in marked(chart, "value-label")]
        assert [x for x, _ in dots(marked, chart)] == [63.41]

    def test_a_level_in_millions(self, verdicts, marked):
        chart = plotting.claim_against_data(verdicts["level"])
        assert chart.title == "Refuted: “25 million” is printed, the data say 33.1\u00a0million"

    def test_an_open_end_and_data_without_a_value(self, verdicts, marked):
        chart = plotting.claim_against_data(verdicts["open"])
        (printed,) = marked(chart, "printed")
        assert printed.get_x() == 50.0
        assert printed.get_x() + printed.get_width() == pytest.approx(chart.axes.get_xlim()[1])
        (hidden,) = marked(chart, "withheld")
        assert hidden.get_x() == pytest.approx(60.1)
        assert "standing for 50.0\u00a0% or more" in chart.alt

    def test_open_below(self, verdicts):
        claim = verdicts["open"] | {"printed_lower": None, "printed_upper": 50.0}
        assert "standing for less than 50.0\u00a0%" in plotting.claim_against_data(claim).alt

    def test_unavailable_levels_are_no_percentages(self, verdicts, marked):
        claim = verdicts["nothing"] | {
            "statistic": "level", "measure": "enterprises", "unit": None, "partial": None,
            "printed": "3,746,000", "printed_lower": 3745500.0, "printed_upper": 3746500.0,
        }  # fmt: skip
        chart = plotting.claim_against_data(claim)
        assert marked(chart, "value-label")[0].get_text() == "3,745,500–3,746,500"
        assert "percent" not in chart.subtitle
        money = plotting.claim_against_data(claim | {"measure": "turnover"})
        assert "%" not in marked(money, "value-label")[0].get_text()

    def test_a_value_just_outside_is_not_printed_as_the_end(self, verdicts, marked):
        claim = verdicts["value"] | {"value": 58.52, "lower": 58.52, "upper": 58.52}
        assert "58.52" in plotting.claim_against_data(claim).title

    def test_narrow_intervals_get_decimals(self, verdicts, marked):
        claim = verdicts["value"] | {
            "printed": "0.1%", "printed_lower": 0.05, "printed_upper": 0.15, "value": 0.1641,
            "lower": 0.1641, "upper": 0.1641, "readings": [],
        }  # fmt: skip
        said = [t.get_text() for t in marked(plotting.claim_against_data(claim), "value-label")]
        assert said == ["0.05–0.15\u00a0%", "0.16\u00a0%"]


def test_series_that_ends_early_has_no_leader_across_later_years(frames, marked):
    chart = plotting.trend(frames["sme_years"]("DE", "UK"))
    assert "United Kingdom (to 2018)" in [t.get_text() for t in marked(chart, "series-label")]
    assert len(marked(chart, "ended")) == 1
    assert len(marked(chart, "leader")) == 1


def test_births_alone_say_that_deaths_are_absent(frames):
    chart = plotting.births_deaths(frames["births"]("DE"))
    assert "Not in the figures at hand: number of enterprise deaths." in chart.note
    assert chart.title.startswith("The number of enterprise births in Germany")


def test_births_and_deaths_in_numbers():
    births = load("bd_size", geo="DE", measure="births", size="TOTAL")
    deaths = births.assign(measure="deaths", value=births["value"] + 10.0)
    chart = plotting.births_deaths(concat([births, deaths]))
    assert chart.title.startswith("Fewer enterprises were born")
    equal = deaths.assign(value=births["value"])
    assert plotting.births_deaths(concat([births, equal])).title.startswith(
        "Enterprises in Germany"
    )


def test_final_years_come_before_provisional_ones(frames):
    chart = plotting.births_deaths(frames["rates"]("BG"))
    # Deaths of 2023 and 2024 are provisional and overshoot.
    assert "in Bulgaria in 2022" in chart.title


def test_only_provisional_years_are_used_where_there_is_nothing_else(frames):
    rates = frames["rates"]("BG")
    chart = plotting.births_deaths(rates[rates["year"] == 2024])
    assert "in 2024" in chart.title


def test_one_rate_alone(frames):
    rates = frames["rates"]("EU27_2020")
    chart = plotting.births_deaths(rates[rates["measure"] == "birth_rate"])
    assert "Not in the figures at hand: death rate" in chart.note
    assert "birth rate" in chart.title


def test_equal_intervals_are_not_called_more_or_less(frames):
    rates = frames["rates"]("EU27_2020")
    wide = rates.assign(lower=0.0, upper=20.0)
    assert plotting.births_deaths(wide).title.startswith(
        "Births and deaths of enterprises in the EU"
    )


def test_the_frame_is_left_as_it_was(frames):
    shares = frames["sme"](2021)
    before = shares.copy()
    plotting.ranking(shares)
    pd.testing.assert_frame_equal(shares, before)
