"""Nothing is cut and nothing overlaps, in every chart, language and width."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from sme_stats import plotting
from sme_stats.errors import UsageError
from sme_stats.plotting import layout
from sme_stats.plotting.text import font, width, wrap

pytestmark = pytest.mark.exhaustive


# Every language and both widths, German (the longest words) where room is least.
@pytest.mark.exhaustive(meet=1)
@pytest.mark.parametrize(("lang", "inches"), [("de", 3.0), ("fr", 8.0), ("en", 3.0)])
def test_no_text_is_cut_or_overlaps(case, lang, inches, overlapping, cut):
    chart = case(lang=lang, width=inches)
    assert overlapping(chart) == []
    assert cut(chart) == []


@pytest.mark.exhaustive(cases=14)
def test_a_given_axes_is_filled_and_returned(case, overlapping, cut):
    figure = Figure(figsize=(14, 26))
    left, right = figure.subplots(1, 2)
    chart = case(ax=left)
    assert chart.axes is left
    assert chart.figure is figure
    assert overlapping(chart) == []
    assert cut(chart) == []
    place = left.get_position()
    assert place.x1 < right.get_position().x0


def test_an_axes_in_a_subfigure(frames):
    figure = Figure(figsize=(16, 12))
    upper, _ = figure.subfigures(1, 2)
    chart = plotting.ranking(frames["sme"](2023), upper.subplots())
    assert chart.figure is figure
    assert chart.axes.get_window_extent().x1 < figure.bbox.width / 2


def test_a_too_small_axes_says_how_large_it_must_be(frames):
    axes = Figure(figsize=(3, 2)).subplots()
    with pytest.raises(
        UsageError, match=r"needs at least \d\.\d by \d\.\d; make the figure larger"
    ):
        plotting.ranking(frames["sme"](2023), axes)


def test_an_axes_without_a_figure(frames):
    axes = Figure().subplots()
    axes.remove()
    with pytest.raises(UsageError, match="the axes is in no figure"):
        plotting.ranking(frames["sme"](2023), axes)


def test_height_grows_with_rows(frames):
    shares = frames["sme"](2023)
    few = plotting.ranking(shares[shares["geo"].isin(["DE", "FR", "IT"])])
    many = plotting.ranking(shares)
    assert many.figure.get_figheight() > few.figure.get_figheight() + 2


def test_long_labels_wrap_and_lose_no_letter():
    label = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz und-so-weiter"
    lines = wrap(label, 1.2, 9.0)
    assert "".join(lines) == label.replace(" ", "")
    assert all(width(line, 9.0) <= 1.2 for line in lines)


def test_numbers_stay_with_their_unit():
    lines = wrap("von 53,8\u202f% bis 83,0\u202f%", 0.6, 9.0)
    assert lines == ["von", "53,8\u202f%", "bis", "83,0\u202f%"]


def test_fonts_ship_with_matplotlib(seen, texts):
    for text in texts(seen()):
        assert text.get_fontfamily() == ["DejaVu Sans"]
        assert not text.get_parse_math()


def test_signs_that_are_used_are_in_the_font():
    from matplotlib.font_manager import findfont, get_font

    face = get_font(findfont(font(9.0)))
    for sign in "\u00a0\u202f\u2212–✓✗?≥„“”«»éüßÖ":
        assert face.get_char_index(ord(sign)), sign


def test_a_title_with_dollars_is_no_formula(frames, texts):
    chart = plotting.ranking(frames["sme"](2023), title="From $1 to $2")
    assert chart.title == "From $1 to $2"
    assert "From $1 to $2" in [t.get_text() for t in texts(chart)]
    assert "From $1 to $2" in chart.svg()


def test_keys_wrap_to_rows():
    keys = [layout.Key(f"entry number {n}", fill="#FFFFFF") for n in range(5)]
    rows = layout._rows_of_keys(keys, 2.8)
    assert [k for row in rows for k in row] == keys
    assert len(rows) == 3
