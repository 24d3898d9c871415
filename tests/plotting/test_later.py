"""Small multiples, heat map, tile map, waffle, Lorenz and survival curves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from sme_stats import codelists, load, plotting
from sme_stats.errors import MixingError, NotAvailableError, UnknownNameError, WithheldError
from sme_stats.indicators.demography import survival
from sme_stats.indicators.distribution import lorenz
from sme_stats.plotting import style
from sme_stats.plotting.bins import bin_values
from sme_stats.plotting.maps import grid
from sme_stats.plotting.waffles import share_out


def patches(chart, start):
    return {str(p.get_gid()): p for p in chart.axes.patches if str(p.get_gid()).startswith(start)}


class TestTileMap:
    def test_a_tile_for_every_country_and_none_twice(self, cases):
        tiles = patches(cases["tile map"](), "tile-")
        assert len(tiles) == 20
        assert len({(p.get_x(), p.get_y()) for p in tiles.values()}) == 20

    def test_the_grid_has_every_country_of_the_codelist(self):
        countries = {g for g, row in codelists.table("GEO").items() if row["kind"] == "country"}
        assert set(grid()) == countries
        assert len(set(grid().values())) == len(grid())

    def test_colour_is_the_class_of_the_value(self, cases):
        chart = cases["tile map"]()
        bins = bin_values(chart.data["value"].tolist())
        for geo, value in zip(chart.data["geo"].astype(str), chart.data["value"], strict=True):
            face = patches(chart, "tile-")[f"tile-{geo}"].get_facecolor()
            assert "#" + "".join(f"{round(255 * c):02X}" for c in face[:3]) == bins.colour(value)

    def test_withheld_is_hatched_and_its_interval_in_the_note(self, cases):
        chart = cases["tile map withheld"]()
        assert patches(chart, "tile-")["tile-PT"].get_hatch()
        assert (
            "hatched: EU27, partial (18\u00a0of\u00a027) 63.6–64.4\u00a0% b, Portugal" in chart.note
        )

    def test_member_states_without_a_value_are_outlined(self, cases):
        empty = patches(cases["tile map"](), "empty-")
        assert set(empty) == {
            f"empty-{g}" for g in ("BG", "CY", "DK", "HR", "IE", "LT", "LU", "MT", "NL")
        }
        assert "outlined only" in cases["tile map"]().note

    def test_more_than_one_aggregate_is_named_as_not_on_the_map(self, cases):
        data = cases["tile map"]().data
        other = data[data["geo"] == "DE"].assign(geo="EA20")
        chart = plotting.tile_map(pd.concat([data.astype({"geo": str}), other]))
        assert "Not on the map:" in chart.note

    def test_tiles_without_room_for_values_say_so(self):
        cells = load("sbs_sc_ovw", year=2023, measure="enterprises", size="TOTAL")
        chart = plotting.tile_map(cells.assign(value=cells["value"] / 1000), width=3.0)
        assert "Values are in the data of the chart." in chart.note


class TestHeatMap:
    def test_a_cell_for_every_row_of_the_data(self, cases, marked):
        chart = cases["heat map"]()
        cells = [p for p in chart.axes.patches if str(p.get_gid()).startswith("cell-")]
        assert len(cells) == len(chart.data)
        assert len(marked(chart, "inside")) == len(chart.data)

    def test_activities_down(self, cases):
        data = cases["heat map"]().data
        two = [data[data["geo"] == "DE"].astype({"nace": str}).assign(nace=n) for n in ("C", "F")]
        shifted = two[1].assign(value=two[1]["value"] / 2)
        chart = plotting.heat_map(pd.concat([two[0], shifted]))
        assert "Manufacturing" in [t.get_text() for t in chart.axes.get_yticklabels()]

    def test_places_and_activities_are_refused(self, cases):
        data = cases["heat map"]().data.astype({"nace": str})
        both = pd.concat([data, data.assign(nace="C")])
        with pytest.raises(MixingError, match="heat_map shows places or activities"):
            plotting.heat_map(both)

    def test_withheld_cells_are_hatched_and_named(self, cases):
        chart = cases["heat map withheld"]()
        hatched = [
            p for p in chart.axes.patches if str(p.get_gid()).startswith("cell-") and p.get_hatch()
        ]
        assert len(hatched) == chart.data["value"].isna().sum() == 2
        assert "Portugal 50–249: 8.0–31.8\u00a0% b" in chart.note

    def test_all_withheld_and_other_measures(self, cases):
        data = cases["heat map withheld"]().data
        hidden = data[data["value"].isna()]
        assert "withheld for every place" in plotting.heat_map(hidden).title
        levels = load("sbs_sc_ovw", year=2023, measure="enterprises", size=["0-9", "10-19"])
        assert plotting.heat_map(levels, order="protocol").title.startswith("Number of enterprises")


class TestWaffle:
    def test_1000_squares_in_the_shares(self, cases):
        chart = cases["waffle"]()
        # A square is five points and a closing one, at most.
        found = {
            code: len(p.get_path().to_polygons()) for code, p in patches(chart, "squares-").items()
        }
        assert sum(found.values()) == 1000
        shares = chart.data.set_index("size")["value"]
        for code, count in found.items():
            assert abs(count - 10 * shares[code.removeprefix("squares-")]) < 1

    def test_largest_remainders(self):
        assert share_out([33.3, 33.3, 33.4], 10) == [3, 3, 4]
        assert share_out([100.0, 0.0], 1000) == [1000, 0]

    def test_withheld_classes_are_refused(self, frames):
        with pytest.raises(WithheldError, match="classes 50-249, GE250 of PT 2021 are withheld"):
            plotting.waffle(frames["structure"](2021, "persons_employed", geo="PT"))

    def test_levels_and_parts_are_refused(self, frames):
        with pytest.raises(MixingError, match="waffle shows shares of size classes"):
            plotting.waffle(load("sbs_sc_ovw", geo="DE", year=2023, measure="enterprises"))
        shares = frames["structure"](2023, "enterprises", geo="DE")
        with pytest.raises(NotAvailableError, match="a waffle needs every class once"):
            plotting.waffle(shares[shares["size"] != "0-9"])


class TestLorenz:
    def test_lines_pass_through_the_points_of_the_data(self, cases, marked):
        chart = cases["lorenz"]()
        lines = marked(chart, "lorenz")
        for geo, line in zip(chart.data["geo"].unique(), lines, strict=True):
            points = chart.data[chart.data["geo"] == geo]
            assert line.get_xdata().tolist() == points["enterprises_share"].tolist()
            assert line.get_ydata().tolist() == points["value"].tolist()
            assert all(b >= a for a, b in pairwise(line.get_ydata()))

    def test_it_lies_under_the_line_of_equality(self, cases):
        data = cases["lorenz"]().data
        assert (data["value"] <= data["enterprises_share"] + 1e-9).all()

    def test_it_needs_its_abscissa(self, frames):
        with pytest.raises(UnknownNameError, match="unknown column: 'enterprises_share'"):
            plotting.lorenz_curve(frames["sme"](2023))

    def test_more_places_than_colours_are_refused(self):
        geos = ["AT", "BE", "CZ", "DE", "EE", "EL"]
        points = lorenz(load("sbs_sc_ovw", geo=geos, year=2023))
        assert len(geos) > len(style.SERIES)
        with pytest.raises(MixingError, match="tells 5 places apart, and the frame has 6"):
            plotting.lorenz_curve(points)


class TestSurvival:
    def test_marks_stand_at_age_and_rate(self, cases, marked):
        chart = cases["survival"]()
        found = [(int(m.get_xdata()[0]), m.get_ydata()[0]) for m in marked(chart, "value")]
        ages = chart.data["age"].astype(str).str[1:].astype(int)
        assert found == list(zip(ages, chart.data["value"], strict=True))
        assert "born 2015" in chart.subtitle

    def test_years_in_the_data_are_left_as_published(self, cases):
        assert set(cases["survival"]().data["year"]) == {2015, 2018, 2020}

    def test_rates_of_one_year(self):
        rates = survival(load("bd_size", geo=["DE", "IT"], year=2023))
        chart = plotting.survival_curves(rates)
        assert "in 2023" in chart.subtitle
        assert chart.title.startswith(
            "After 2 years, 71.4\u00a0% of enterprises are alive in Italy"
        )
        one = plotting.survival_curves(rates[rates["geo"] == "DE"])
        assert one.title == "After 2 years, 67.0\u00a0% of enterprises are alive in Germany"

    def test_no_age_and_two_cohorts(self, frames):
        with pytest.raises(NotAvailableError, match="no row has an age from Y0 to Y5"):
            plotting.survival_curves(frames["sme"](2023))
        with pytest.raises(
            MixingError, match="several rows for geo=DE age=Y1: they differ in year"
        ):
            plotting.survival_curves(survival(load("bd_size", geo="DE")))

    def test_nothing_known(self):
        rates = survival(load("bd_size", geo="DE", year=2023))
        hidden = rates.assign(value=float("nan"), lower=0.0, upper=100.0)
        assert "withheld" in plotting.survival_curves(hidden).title


class TestSmallMultiples:
    def test_a_panel_for_every_place_with_the_same_axes(self, cases):
        chart = cases["small multiples"]()
        panels = chart.axes.child_axes
        assert len(panels) == chart.data["geo"].nunique()
        assert len({(p.get_xlim(), p.get_ylim()) for p in panels}) == 1

    def test_no_line_crosses_the_break_in_any_panel(self, cases):
        for panel in cases["small multiples"]().axes.child_axes:
            for line in panel.lines:
                if line.get_gid() in ("joined", "dotted", "other"):
                    years = np.asarray(line.get_xdata(), dtype=float)
                    # A line of several pieces has a blank between them.
                    pieces = np.split(years, np.flatnonzero(np.isnan(years)))
                    for piece in (p[~np.isnan(p)] for p in pieces):
                        assert not (len(piece) and piece.min() <= 2020 < 2021 <= piece.max())

    def test_panels_do_not_overlap(self, cases):
        chart = cases["small multiples"](width=3.6)
        chart.figure.canvas.draw()
        found = [p.get_window_extent() for p in chart.axes.child_axes]
        for n, one in enumerate(found):
            assert not any(one.overlaps(other) for other in found[n + 1 :])

    def test_order(self, frames):
        series = frames["sme_years"]("DE", "FR", "EL")
        chart = plotting.small_multiples(series)
        assert chart.data["geo"].astype(str).drop_duplicates().tolist() == ["EL", "DE", "FR"]
        chart = plotting.small_multiples(series, order="protocol")
        assert chart.data["geo"].astype(str).drop_duplicates().tolist() == ["DE", "EL", "FR"]

    def test_one_place_one_year(self, frames):
        one = frames["sme"](2023)
        chart = plotting.small_multiples(one[one["geo"] == "DE"])
        assert len(chart.axes.child_axes) == 1
        assert "Grey" not in chart.note


def test_bins_have_round_limits_and_hold_every_value():
    for values in ([53.8, 83.0], [0.1, 0.2], [1e6, 3.3e7], [5.0], [-3.0, 12.0]):
        bins = bin_values(values)
        assert bins.limits[0] <= min(values)
        assert bins.limits[-1] >= max(values)
        assert 2 <= len(bins.limits) <= len(style.SCALE) + 1
        assert all(bins.colour(v) in style.SCALE for v in values)
    assert bin_values([float("nan")]).limits == (0.0, 1.0)
