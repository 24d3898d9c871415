"""Distances and peers in a picture: marks, signs, order and words against figures by hand."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from sme_stats import plotting, view
from sme_stats.errors import (
    MixingError,
    NotAvailableError,
    UnknownNameError,
    UsageError,
    WithheldError,
)
from sme_stats.frame import concat, tidy
from sme_stats.indicators.comparison import distance_to, peers
from sme_stats.indicators.registry import COMPARISONS
from sme_stats.plotting import recipes
from sme_stats.plotting.declared import read_figures
from sme_stats.plotting.recipes import Question, draw

pytestmark = pytest.mark.usefixtures("home")
SHARES = {"DE": 55.0, "FR": 50.0, "IT": 70.0, "EL": 80.0}


def shares(values=SHARES, half=0.0, **fields):
    """Synthetic SME shares of places; None is withheld, within 40 and 60."""
    rows = len(values)
    value = [float("nan") if v is None else v for v in values.values()]
    ends = [(40.0, 60.0) if v is None else (v - half, v + half) for v in values.values()]
    return tidy({
        "dataset": ["synthetic_sbs"] * rows, "vintage": ["2026-01-01"] * rows,
        "measure": ["persons_employed_share"] * rows, "unit": ["PC"] * rows, "nace": ["C"] * rows,
        "size": ["0-249"] * rows, "geo": list(values), "year": [2023] * rows, "value": value,
        "flag": [""] * rows, "conf": ["C" if v is None else "" for v in values.values()],
        "lower": [low for low, _ in ends], "upper": [high for _, high in ends],
    } | {name: [text] * rows for name, text in fields.items()})  # fmt: skip


def structure(first, **fields):
    """Two classes by place: the share of the first, the rest in the other."""
    small = shares(first, **fields)
    rest = small.assign(value=100 - small["value"], lower=100 - small["upper"],
                        upper=100 - small["lower"])  # fmt: skip
    return concat([small.assign(size="0-9"), rest.assign(size="GE10")])


def marks(chart, gid):
    return [a for a in [*chart.axes.lines, *chart.axes.patches, *chart.axes.texts]
            if a.get_gid() == gid]  # fmt: skip


def plain(text):
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_places_stand_to_either_side_of_the_reference():
    chart = plotting.ranking(distance_to(shares(), "DE"))
    assert [float(m.get_xdata()[0]) for m in marks(chart, "value")] == [25, 15, -5]
    assert [m.get_text() for m in marks(chart, "value-label")] == ["+25.0", "+15.0", "−5.0"]
    assert [list(g.get_xdata()) for g in marks(chart, "guide")] == [[0, 25], [0, 15], [0, -5]]
    (line,) = marks(chart, "reference")
    assert list(line.get_xdata()) == [0, 0]
    assert plain(chart.title) == (
        "The SME share of persons employed is above that of Germany in 2 of 3 countries: "
        "from −5.0 points (France) to +25.0 points (Greece)"
    )
    assert chart.subtitle == (
        "Distance of the SME share of persons employed from Germany, percentage points, 2023"
    )
    assert chart.alt.startswith(f"Synthetic data, no real enterprise. {chart.title}")
    assert "SYNTHETIC DATA" in chart.note and "Right of the line: above Germany" in chart.note
    keys = [t.get_text() for t in chart.figure.findobj(lambda a: hasattr(a, "get_text"))]
    assert "0 = Germany" in keys
    assert chart.data["reference"].tolist() == ["DE"] * 3


@pytest.mark.parametrize(
    ("values", "half", "says"),
    [
        ({"DE": 55.0, "SI": 71.9}, 0.0, "in Slovenia is 16.9 points above that of Germany"),
        ({"DE": 55.0, "SI": 51.0}, 0.0, "in Slovenia is 4.0 points below that of Germany"),
        ({"DE": 55.0, "SI": 55.3}, 0.5, "is not clearly apart from that of Germany (+0.3 points)"),
        ({"DE": 55.0, "FR": 55.5, "IT": 70.0}, 0.5, "in at least 1 of 2 countries; published"),
        (SHARES | {"PT": None}, 0.0, "in at least 2 of 4 countries; published differences run"),
        ({"DE": 30.0, "IT": 70.0, "PT": None}, 0.0, "in 2 of 2 countries; the only published"),
        (SHARES | {"DE": None}, 0.0, "surely above that of Germany in 2 and surely below it in 0"),
        ({"DE": None, "IT": 70.0}, 0.0, "withheld for every place shown"),
    ],
)
def test_the_title_says_no_more_than_the_intervals(values, half, says):
    chart = plotting.ranking(distance_to(shares(values, half), "DE"))
    assert says in plain(chart.title) and chart.title in chart.alt


def test_withheld_and_provisional_are_marked_as_everywhere():
    frame = shares(SHARES | {"PT": None})
    frame["flag"] = ["", "p", "", "", "b"]
    chart = plotting.ranking(distance_to(frame, "DE"))
    (bar,) = marks(chart, "withheld")
    assert (bar.get_x(), bar.get_width()) == (-15, 20)
    assert marks(chart, "value-label")[-1].get_text() == "−15.0 to +5.0 b"
    assert "Withheld by the source (confidential): Portugal; hatched" in chart.note
    assert "Portugal 2023 between −15.0 and +5.0 points" in plain(chart.alt)
    assert "Provisional: France." in chart.alt and "p provisional" in chart.note
    whole = plotting.ranking(distance_to(frame, "PT"))
    assert "the figure of Portugal, or of every place shown; hatched" in whole.note
    assert whole.data["geo"].tolist() == ["EL", "IT", "DE", "FR"], "from the highest"


def test_rounding_leaves_a_bar_of_both():
    chart = plotting.ranking(distance_to(shares(half=0.5), "DE"))
    first = marks(chart, "interval")[0]
    assert (first.get_x(), first.get_width()) == pytest.approx((24, 2))


def test_a_partial_reference_is_named_with_its_members_and_both_vintages():
    frame = shares({"DE": 55.0, "FR": 50.0, "EU27_2020[2/27]": 53.0})
    frame["members"] = ["", "", "DE+FR"]
    frame["vintage"] = ["2026-01-01", "2026-01-01", "2025-01-01"]
    chart = plotting.ranking(distance_to(frame, "EU27_2020[2/27]", across_vintages="name"))
    assert "sum over 2 of 27 member states (DE, FR)" in chart.note
    assert "(vintage 2025-01-01, 2026-01-01)" in chart.note
    assert "from EU27, partial (2 of 27)" in plain(chart.subtitle)


def test_two_references_are_not_drawn_as_one():
    both = concat([distance_to(shares(), g) for g in ("DE", "FR")])
    for chart in (plotting.ranking, plotting.tile_map, plotting.trend):
        with pytest.raises(MixingError, match=r"one reference, and the frame has 2 \(DE, FR\)"):
            chart(both)


def test_a_map_of_differences_has_a_scale_on_either_side_of_zero():
    chart = plotting.tile_map(distance_to(shares(), "DE"))
    from sme_stats.plotting import style
    from sme_stats.plotting.bins import bin_values

    bins = bin_values(chart.data["value"].tolist(), apart=True)
    assert 0.0 in bins.limits
    assert bins.colour(-5.0) in style.BELOW and bins.colour(25.0) in style.SCALE
    assert bins.colour(15.0) != bins.colour(25.0)
    tile = marks(chart, "tile-FR")[0].get_facecolor()[:3]
    assert tile == pytest.approx(style.rgb(bins.colour(-5.0)))
    assert chart.subtitle.startswith("Distance of the SME share of persons employed from Germany")


def test_the_nearest_stands_first_and_what_may_be_nearer_is_hatched():
    frame = structure({"DE": 55.0, "FR": 50.0, "IT": 70.0, "AT": 57.0, "PT": None})
    chart = plotting.ranking(peers(frame, "DE", most=2))
    assert [float(m.get_xdata()[0]) for m in marks(chart, "value")] == [2, 5]
    assert [list(g.get_xdata()) for g in marks(chart, "guide")] == [[0, 2], [0, 5]]
    (bar,) = marks(chart, "withheld")
    assert (bar.get_x(), bar.get_width()) == (0, 15)
    assert plain(chart.title) == (
        "By the published size structure of persons employed, Germany is most like Austria "
        "(2.0 points) and France (5.0 points); another place may be as near"
    )
    assert chart.subtitle == (
        "Distance of the size structure of persons employed from Germany, percentage points, 2023"
    )
    assert "total variation" in chart.note
    assert "Nearest: Austria 2.0 points and France 5.0 points." in plain(chart.alt)
    sure = plotting.ranking(peers(frame[frame["geo"] != "PT"], "DE"))
    assert plain(sure.title) == (
        "By the size structure of persons employed, Germany is most like Austria (2.0 points) "
        "and France (5.0 points)"
    )


def test_ten_peers_are_told_by_their_ends():
    places = ("AT", "BE", "CZ", "EE", "EL", "ES", "FI", "FR", "IT", "DE")
    frame = structure({g: 50.0 + 2 * n for n, g in enumerate(places)})
    alt = plain(plotting.ranking(peers(frame, "AT", most=9)).alt)
    assert "Nearest: Belgium 2.0 points, Czechia 4.0 points and Estonia 6.0 points." in alt
    assert "Farthest of those shown: Germany 18.0 points, Italy 16.0 points" in alt


@pytest.mark.parametrize(
    ("lang", "above", "near"),
    [
        ("en", "is above that of EU27, partial (18 of 27) in 15 of 19", "Slovenia is most like"),
        ("fr", "écart positif dans 15 pays sur 19", "Slovénie : au plus près"),
        ("de", "höher in 15 von 19 Ländern", "Slowenien: am ähnlichsten"),
    ],
)
def test_real_countries_in_three_languages(lang, above, near):
    apart = draw("ranking", Question(year=(2023,), then="distance"), lang=lang, width=3.4)
    assert above in plain(apart.title) and apart.title in apart.alt
    assert len(apart.data) == 19 and set(apart.data["reference"]) == {"EU27_2020[18/27]"}
    asked = Question(year=(2021,), then="peers", option={"geo": "SI"})
    alike = draw("ranking", asked, lang=lang, width=3.4)
    assert near in plain(alike.title)
    assert alike.data["geo"].tolist()[:5] == alike.data.dropna()["geo"].tolist()
    assert alike.data["value"].dropna().is_monotonic_increasing
    for chart in (apart, alike):
        FigureCanvasAgg(chart.figure)
        chart.figure.draw_without_rendering()
        page = chart.figure.bbox
        boxes = [t.get_window_extent() for t in chart.figure.findobj(Text)
                 if t.get_text() and t.get_visible() and t.get_gid()]  # fmt: skip
        assert boxes and all(b.x0 >= 0 and b.x1 <= page.width for b in boxes)


def test_the_whole_eu_is_the_reference_where_it_is_at_hand():
    asked = Question(indicator="birth_rate", year=(2023,), geo=("FR", "IT"), then="distance")
    data = draw("ranking", asked).data.set_index("geo")
    assert data["value"].round(2).to_dict() == {"FR": 3.35, "IT": -2.68}
    assert set(data["reference"]) == {"EU27_2020"}
    over = draw("trend", Question(indicator="birth-rate", geo=("FR",), then="distance"))
    assert {2012, 2023} <= set(over.data["year"]) and set(over.data["geo"]) == {"FR"}
    assert "from the EU" in over.subtitle


def test_every_comparison_is_drawn_in_every_chart_that_it_claims():
    options = {"peers": {"geo": "DE"}, "distance": {"reference": "DE"}}
    for name, one in COMPARISONS.items():
        assert one.charts and set(one.charts) <= set(recipes.RECIPES)
        for chart in one.charts:
            asked = Question(then=name, option=options.get(name, {}), geo=("DE", "FR", "IT"))
            assert draw(chart, asked).data["geo"].nunique() > 1, (name, chart)


def test_a_view_names_the_reference():
    shown = str(view(distance_to(shares(), "DE")))
    assert "Distance of the SME share of persons employed from Germany" in shown


def test_options_go_where_they_belong():
    named = draw("ranking", Question(option={"size": "GE250", "measure": "turnover"}, geo=("DE",)))
    assert set(named.data["measure"]) == {"turnover_share"} and set(named.data["size"]) == {"GE250"}
    born = draw("survival-curves", Question(geo=("DE",), option={"cohort": 2012}))
    assert "born 2012" in born.subtitle
    years = Question(then="convergence", option={"start": 2022, "end": 2024})
    assert set(draw("convergence", years).data["year"]) == {2022, 2024}


def test_a_declared_figure_compares_too(tmp_path):
    file = tmp_path / "figures.toml"
    file.write_text(
        '[[figure]]\nid = "a"\nchart = "ranking"\nyear = 2023\nthen = "peers"\n'
        'option = { geo = "SK", most = 2 }\n', encoding="utf-8",
    )  # fmt: skip
    (one,) = read_figures(file)
    assert draw(one.chart, one.question).data["geo"].tolist() == ["IT", "HU"]
    file.write_text('[[figure]]\nid = "a"\nchart = "ranking"\noption = "geo=SK"\n')
    with pytest.raises(UsageError, match=r"option is a table, such as \{ reference = "):
        read_figures(file)


@pytest.mark.parametrize(
    ("chart", "asked", "error", "says"),
    [
        ("ranking", {"indicator": "distance"}, UsageError, "such as size-share, and then=distance"),
        ("ranking", {"then": "distanc"}, UnknownNameError, "did you mean distance"),
        ("heat-map", {"then": "distance"}, UsageError, "drawn by ranking, tile-map"),
        ("trend", {"then": "peers"}, UsageError, "trend does not draw peers; it is drawn by rank"),
        ("waffle", {"option": {"of": "EA20"}}, UsageError, "waffle takes no option 'of'"),
        ("ranking", {"then": "peers"}, UsageError, "peers needs geo"),
        ("ranking", {"then": "distance", "option": {"refernce": "DE"}}, UnknownNameError,
         "option of size-share or distance: 'refernce'; did you mean reference"),
        ("ranking", {"then": "distance", "option": {"reference": "MT"}}, NotAvailableError,
         r"no geo MT \(Malta\); it has AT"),
        ("ranking", {"then": "distance", "option": {"reference": "DEE"}}, UnknownNameError,
         "did you mean EE or DE"),
        ("ranking", {"then": "peers", "option": {"geo": "XX"}}, UnknownNameError, "'XX'"),
        ("ranking", {"then": "peers", "option": {"geo": "SI", "most": "two"}}, UsageError,
         "not a whole number"),
        ("ranking", {"then": "peers", "option": {"geo": "PT"}, "year": (2021,)},
         NotAvailableError, "PT lacks a class or has a withheld one"),
        ("ranking", {"then": "peers", "size": "SME"}, UsageError, "leave the size out"),
        ("ranking", {"then": "peers", "indicator": "birth-rate"}, UsageError, "size-structure"),
        ("ranking", {"then": "distance", "measure": "enterprises", "year": (2023,)}, MixingError,
         "across_vintages"),
        ("convergence", {"then": "convergence", "option": {"start": "soon"}}, UsageError,
         "start = 'soon' is not a year such as 2023"),
        ("ranking", {"indicator": "change", "option": {"across_breaks": "maybe"}},
         UnknownNameError, "valid: flag, refuse"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_in_words(chart, asked, error, says):
    with pytest.raises(error, match=says) as refused:
        draw(chart, Question(**asked))
    assert "\n" not in str(refused.value) and not isinstance(refused.value, WithheldError)
