"""Fact sheets: every number on them is the library's, and what is not at hand is said."""

import re

import pytest
from markupsafe import escape

import sme_stats as sme
from sme_stats.claims.documents.chain import explain
from sme_stats.claims.files import read_claims
from sme_stats.claims.space import embedded
from sme_stats.claims.verdicts import check_one
from sme_stats.cli import main
from sme_stats.errors import InputError, NotAvailableError, UnknownNameError, UsageError
from sme_stats.frame import concat
from sme_stats.indicators.comparison import rank
from sme_stats.places import data_dir
from sme_stats.plotting.numbers import number
from sme_stats.report import country, sheets
from sme_stats.report.country import build_sheet, countries
from sme_stats.report.key_figures import WANTED, Wanted, find, key_figures, ranks, together
from sme_stats.report.sheets import write_sheet, write_sheets

EMPLOYMENT = Wanted("share", "persons_employed", "0-249")


@pytest.fixture(scope="module")
def space():
    return embedded()


@pytest.fixture(scope="module")
def words(pages):
    """Visible text of each page, spaces made plain."""
    texts = {}
    for name, path in pages.items():
        raw = re.sub(r"<(style|script)>.*?</\1>", " ", path.read_text("utf-8"), flags=re.S)
        plain = re.sub(r"<[^>]+>", " ", raw)
        texts[name] = re.sub(r"\s+", " ", plain.replace("&#39;", "'"))
    return texts


def test_key_figures_are_the_librarys(space):
    lines = {line.name: line for line in key_figures(space, "DE", "en")}
    cells = sme.load("sbs_sc_ovw", geo="DE", year=2024)
    share = float(sme.size_share(cells, "SME", "persons_employed")["value"].iloc[0])
    total = cells[(cells["measure"] == "enterprises") & (cells["size"] == "TOTAL")]["value"].iloc[0]
    assert lines["SME share of persons employed"].country == f"{share:.2f}\xa0%"
    assert lines["Number of enterprises"].country == number(total)
    assert lines["Number of enterprises"].union == "33,462,377"
    assert lines["Number of enterprises"].against == ""  # a country is always less than the EU


def test_a_country_and_the_union_are_of_one_year_and_population(space):
    for geo in countries():
        for wanted in WANTED:
            pair = together(space, wanted, geo)
            if pair and pair[1]:
                own, union = pair
                assert (own.year, own.nace) == (union.year, union.nace)


def test_a_rounded_figure_of_the_union_is_an_interval(space):
    line = next(k for k in key_figures(space, "DE", "en") if k.name.startswith("SME share of turn"))
    assert re.fullmatch(r"48\.6\xa0% \(48\.3–48\.8\xa0%\)", line.union)
    assert "preliminary-2024" in line.source


def test_a_partial_aggregate_is_called_that(space):
    lines = key_figures(space, "DE", "en")
    line = next(k for k in lines if "without employees" in k.name)
    assert "Partial aggregate, 18/27" in line.union


@pytest.mark.parametrize("year", [2021, 2023])
def test_ranks_are_those_of_the_comparison(space, year):
    shares = sme.size_share(sme.load("sbs_sc_ovw", year=year), "SME", "persons_employed")
    expected = rank(shares).set_index("geo")
    for geo, row in expected.iterrows():
        own = find(space, EMPLOYMENT, str(geo), year, "B-S_X_O_S94")
        assert ranks(space, EMPLOYMENT, own) == (row["best"], row["worst"], len(expected))


def test_withheld_cells_stand_with_their_bounds(space):
    sheet = build_sheet("PT", "en", [], space)
    bounded = sme.bounds(sme.load("sbs_sc_ovw", geo="PT"))
    assert len(sheet["withheld"]) == 28
    cell = next(c for c in sheet["withheld"] if "large" in c["what"] and c["year"] == "2024")
    wanted = bounded[(bounded["size"] == "GE250") & (bounded["year"] == 2024)]
    wanted = wanted[wanted["measure"] == "persons_employed"].iloc[0]
    assert cell["known"] == f"{wanted['lower']:,.0f}–{wanted['upper']:,.0f}"
    assert "between 69.2 and 93.3 %" in sheet["lead"]
    assert build_sheet("SI", "en", [], space)["withheld"] == []


def test_what_is_not_at_hand_is_said(words):
    assert "no birth, death or survival rates of Slovenia" in words["SI"]
    assert "no value added by size class" in words["SI"]
    assert "keine Wertschöpfung" in words["DE"]
    assert "not at hand" in words["UK"]
    assert "keine Größenstruktur für Bulgarien" in words["BG"]


def test_no_value_for_a_withheld_cell(words):
    assert "confidentiel, 69,22–93,26" in words["PT"]
    assert "nan" not in words["PT"].lower().split()


@pytest.mark.parametrize("name", ["DE", "PT", "SI", "UK", "BG", "report"])
def test_no_code_or_blank_leaks(words, name):
    assert not re.search(r"\b(nan|None|inf|NaN|undefined)\b", words[name])
    assert "{" not in words[name]


def test_claims_of_the_country_with_verdict_and_chain(space, words, pages):
    own = [c for c in read_claims(data_dir() / "claims") if c.geo == "DE"]
    raw = pages["DE"].read_text("utf-8")
    assert raw.count('<details class="chain">') == len(own) == 6
    for claim in own:
        chain = explain(check_one(claim, space), space).replace(f"{data_dir() / 'claims'}/", "")
        assert str(escape(chain)) in raw
    assert "Widerlegt" in words["DE"]
    assert str(data_dir()) not in raw  # no folder of the machine that wrote the page


def test_languages_are_told_apart(pages):
    for name, lang in {"DE": "de", "PT": "fr", "SI": "en"}.items():
        text = pages[name].read_text("utf-8")
        assert text.count("<html lang=") == 1
        assert f'<html lang="{lang}">' in text


def test_value_added_gives_productivity_where_it_is(space, monkeypatch):
    """With value added (synthetic here) the sheet has the chart instead of the excuse."""
    cells = sme.load("sbs_sc_ovw", geo="SI", size="TOTAL")
    people = cells[cells["measure"] == "persons_employed"]
    added = people.assign(indic="AV_MEUR", measure="value_added", unit="MEUR",
                          value=people["value"] * 0.05)  # fmt: skip
    frame = sme.load("sbs_sc_ovw", geo="SI")
    monkeypatch.setattr(country, "load", lambda *_, **__: concat([frame, added]))
    sheet = build_sheet("SI", "en", [], space)
    assert "50.0" in sheet["productivity"].alt  # 0.05 million euro a person


def test_all_pages_and_an_index(folder):
    found = sorted(str(p.relative_to(folder)) for p in folder.rglob("*.html"))
    assert found == [
        f"{lang}/{name}.html" for lang in ("de", "en") for name in ("SI", "SK", "index")
    ]
    index = (folder / "de" / "index.html").read_text("utf-8")
    links = re.findall(r'<a href="([^"#]+)"', index)
    assert {"SI.html", "SK.html", "../en/index.html"} <= set(links)
    for page in folder.rglob("*.html"):
        for link in re.findall(r'href="([^"#]+\.html)"', page.read_text("utf-8")):
            assert (page.parent / link).is_file(), (page, link)


def test_the_same_figures_give_the_same_page(folder, tmp_path):
    write_sheets(tmp_path, ["en", "de"], geos=["SI", "SK"], workers=1)
    for page in folder.rglob("*.html"):
        assert (tmp_path / page.relative_to(folder)).read_bytes() == page.read_bytes(), page


def test_all_countries_at_hand():
    found = countries()
    assert len(found) == 21
    assert "EU27_2020" not in found
    assert found.index("DE") < found.index("SE") < found.index("NO")  # the EU's order


@pytest.mark.parametrize(
    ("geo", "error", "said"),
    [("GR", UnknownNameError, "EL"), ("EU27_2020", UsageError, "not a country"),
     ("IE", NotAvailableError, "no cell of IE"), ("XX", UnknownNameError, "XX")],
)  # fmt: skip
def test_places_that_have_no_sheet(geo, error, said, tmp_path):
    with pytest.raises(error, match=said):
        write_sheet(geo, tmp_path / "x.html")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_told_before_the_work(tmp_path):
    (tmp_path / "en").write_text("in the way")
    with pytest.raises(InputError, match=r"^cannot write to .*/en: File exists$"):
        write_sheets(tmp_path)


def test_a_mistake_in_a_worker_is_one_line(tmp_path):
    (tmp_path / "en" / "BG.html").mkdir(parents=True)
    with pytest.raises(InputError, match=r"^page BG, en: cannot write .*BG.html: Is a directory$"):
        write_sheets(tmp_path, geos=["BG"], workers=2)


def _run(capsys, *args):
    with pytest.raises(SystemExit) as stopped:
        main(["report", *args])
    out = capsys.readouterr()
    return stopped.value.code, out.out, out.err


def test_the_command(tmp_path, capsys):
    code, out, _ = _run(capsys, "--geo", "SI", "--lang", "de", "--out", str(tmp_path / "si.html"))
    assert code == 0
    assert out == f"written: {tmp_path / 'si.html'}\n"
    assert "Slowenien" in (tmp_path / "si.html").read_text("utf-8")


def test_the_command_for_all(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sheets, "countries", lambda: ["SI"])
    code, out, _ = _run(capsys, "--all", "--lang", "fr", "--workers", "1", "--out", str(tmp_path),
                        "--format", "json")  # fmt: skip
    assert code == 0
    assert "fr/index.html" in out
    assert "fr/SI.html" in out


@pytest.mark.parametrize(
    ("args", "said"),
    [(["--geo", "DE", "--all"], "one of them"), (["--lang", "de"], "in English"),
     (["--geo", "DE", "--lang", "de,fr"], "one --lang"), (["--geo", "DE", "--lang", "it"], "'it'"),
     (["--geo", "GR"], "EL")],
)  # fmt: skip
def test_mistakes_are_one_line(args, said, capsys):
    code, _, err = _run(capsys, *args)
    assert code == 2
    assert err.count("\n") == 1
    assert said in err
