"""The view in notebooks: labels, units, flags and source in words; every text escaped."""

import pandas as pd
import pytest

import sme_stats as sme
from sme_stats.errors import UnknownNameError, UsageError
from sme_stats.places import data_dir
from sme_stats.report.display import View


@pytest.fixture(scope="module")
def cells():
    return sme.load("sbs_sc_ovw", geo="PT", year=2021)


def test_a_frame_in_words_with_unit_flags_and_source(cells):
    shown = sme.view(sme.size_share(cells, "SME", "persons_employed"))
    html = shown._repr_html_()
    for said in ("SME share of persons employed", "withheld", "69.7–93.5\xa0%", "percent",
                 "b: break in time series", "C: confidential", "Source: Eurostat, sbs_sc_ovw",
                 "vintage 2026-11", "CC BY 4.0", "Business economy"):  # fmt: skip
        assert said in html, said
    assert "nan" not in html.lower()


def test_the_frame_stays_as_it_is(cells):
    before = cells.copy()
    sme.view(cells)
    pd.testing.assert_frame_equal(cells, before)
    assert type(cells) is pd.DataFrame


@pytest.mark.parametrize(("lang", "said"), [("de", "vertraulich"), ("fr", "confidentiel")])
def test_languages(cells, lang, said):
    assert said in sme.view(cells[cells["conf"] == "C"], lang=lang).html


def test_long_frames_say_how_long():
    frame = sme.load("sbs_sc_ovw")
    shown = sme.view(frame, rows=5)
    assert shown.html.count("<tr>") == 6
    assert f"5 of {len(frame)} rows shown" in shown.html


def test_everything_is_escaped(cells):
    evil = "<script>alert(1)</script>"
    frame = cells.astype({"geo": str, "dataset": str}).assign(geo=evil, dataset=evil)
    for result in (frame, pd.DataFrame({evil: [evil]})):
        html = sme.view(result).html
        assert "<script>" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"vintage": "synthetic"}, "no statistic of Eurostat"),
     ({"dataset": "register_sbs"}, "a register of your own")],
)  # fmt: skip
def test_what_is_not_eurostats_is_not_called_so(cells, changed, said):
    html = sme.view(cells.assign(**changed)).html
    assert said in html
    assert "Source: Eurostat" not in html


def test_mixed_units_are_all_named(cells):
    html = sme.view(cells, rows=len(cells)).html
    assert "number" in html
    assert "million euro" in html


def test_verdicts_and_reconciliations():
    claims = sme.read_claims(data_dir() / "claims" / "press-2023.toml")
    verdicts = sme.check(claims[:3])
    shown = sme.view(verdicts)
    assert shown.html.count("✗ Refuted") == 3
    assert "holds as truncated" in shown.html
    assert sme.view(verdicts[0]).html.count("<tr>") == 2
    found = sme.reconcile(claims[0])
    assert "57.65 %" in sme.view(found, rows=2).html
    assert sme.view(found, rows=2).html.count("<tr>") == 3


def test_a_frame_that_is_no_observation_frame_is_shown_as_it_is():
    shown = sme.view(sme.datasets())
    assert "sbs_sc_ovw" in shown.html
    assert "caveat" in shown.html


def test_text_in_a_terminal(cells):
    shown = sme.view(cells)
    assert isinstance(shown, View)
    assert repr(shown).splitlines()[0].startswith("Year")
    assert "<" not in repr(shown)


@pytest.mark.parametrize("wrong", [3, "DE", [], [1]])
def test_what_cannot_be_shown(wrong):
    with pytest.raises(UsageError, match="view shows a frame"):
        sme.view(wrong)


def test_an_unknown_language(cells):
    with pytest.raises(UnknownNameError, match="'it'"):
        sme.view(cells, lang="it")
