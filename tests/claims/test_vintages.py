"""Claims against chosen vintages: a date, a pin, a lock file; revised told apart from wrong."""

import json

import pytest

from sme_stats.claims.files import make_claim
from sme_stats.claims.model import Document
from sme_stats.claims.space import Space
from sme_stats.claims.standing import standing
from sme_stats.claims.verdicts import check
from sme_stats.claims.vintages import choose, earlier_than, space_of
from sme_stats.cli import main
from sme_stats.errors import UnknownNameError, UsageError
from sme_stats.frame import concat
from sme_stats.loading import lock
from sme_stats.sources.formats import parse
from sme_stats.sources.store import Store

HEAD = "freq,indic_sbs,nace_r2,size_emp,geo\\TIME_PERIOD\t2022 \t2023 "


def keep(vintage, large, nace="B-S_X_O_S94", flag=""):
    """Keep a synthetic vintage of sbs_sc_ovw: Germany's persons employed, 100 in all."""
    rows = [f"A,EMP_NR,{nace},TOTAL,DE\t100 \t100 {flag}",
            f"A,EMP_NR,{nace},GE250,DE\t: \t{large} {flag}",
            "A,EMP_NR,C10,TOTAL,DE\t50 \t50 ", "A,EMP_NR,C10,GE250,DE\t25 \t25 "]  # fmt: skip
    cells = parse("\n".join([HEAD, *rows, ""]).encode())
    Store().write(cells, {"dataset": "sbs_sc_ovw", "vintage": vintage})


@pytest.fixture
def store(home):
    """Two vintages: the SME share is 58 %, then 60 %."""
    keep("2025-01-10", 42)
    keep("2026-01-20T23:00", 40, flag="p")
    return home


def claim(printed, **fields):
    plain = {"id": "x", "printed": printed, "statistic": "share", "measure": "persons_employed",
             "size": "SME", "geo": "DE", "year": 2023}  # fmt: skip
    return make_claim(plain | fields, Document("a test"))


def found(printed, choice, against=None, **fields):
    asked = claim(printed, **fields)
    return check(asked, space_of(choice, [asked], against))[0]


def run(capsys, *args):
    with pytest.raises(SystemExit) as end:
        main(list(args))
    return end.value.code, capsys.readouterr().out


def test_without_a_word_the_embedded_tables_are_meant_whatever_the_store_holds(store):
    verdict = found("55.2%", choose())
    assert (verdict.verdict, verdict.evidence.vintage) == ("holds", "2026-11")
    assert found("55.2%", choose("snapshot")).verdict == "holds"


@pytest.mark.parametrize(
    ("choice", "printed", "vintage"),
    [
        (("store", ()), "60%", "2026-01-20T23:00"),
        (("store", ("2025",)), "58%", "2025-01-10"),
        (("store", ("2025-06-30",)), "58%", "2025-01-10"),
        (("auto", ("sbs_sc_ovw@2025-01-10",)), "58%", "2025-01-10"),
        (("auto", ("sbs_sc_ovw@2026-01-20T23:00",)), "60%", "2026-01-20T23:00"),
        (("auto", ("sbs_sc_ovw@2026-11",)), "55.2%", "2026-11"),
        (("store", ("sbs_sc_ovw@2025-01-10",)), "58%", "2025-01-10"),
    ],
)  # fmt: skip
def test_a_verdict_is_of_the_vintage_that_is_named(store, choice, printed, vintage):
    verdict = found(printed, choose(*choice))
    assert (verdict.verdict, verdict.evidence.vintage) == ("holds", vintage)
    assert verdict.provisional == (vintage.startswith("2026-01"))
    assert verdict.record()["provisional"] == verdict.provisional


def test_a_date_leaves_out_later_releases_and_embedded_cells(home):
    europe = {"geo": "EU27_2020"}
    assert found("63%", choose(), **europe).evidence.source == "final-2023"
    assert found("64%", choose(vintage=["2025-10-12"]), **europe).evidence.source != "final-2023"
    enterprises = {"measure": "enterprises", "geo": "EU27_2020", "size": "250+"}
    assert not found("0.2%", choose(), **enterprises).evidence.source
    assert found("0.2%", choose(vintage=["2025-12"]), **enterprises).evidence.source


def test_activities_below_sections_are_read_where_a_claim_names_them(store):
    named = claim("50%", population="C10")
    assert check(named, space_of(choose("store"), [named]))[0].verdict == "holds"
    assert check(named, space_of(choose("store"), []))[0].verdict == "unavailable"


def test_a_lock_file_pins_and_vouches_for_the_cells(store, tmp_path, capsys):
    path = tmp_path / "sme-stats.lock"
    lock(path, "sbs_sc_ovw@2025-01-10")
    keep("2026-05-01", 30)
    assert found("58%", choose(lock=path)).verdict == "holds"
    document = tmp_path / "report.md"
    document.write_text("[58 %]{.sme measure=persons_employed size=SME geo=DE year=2023}")
    code, out = run(capsys, "check", str(document), "--lock", str(path), "--format", "json")
    assert code == 0 and json.loads(out)[0]["vintage"] == "2025-01-10"
    assert run(capsys, "check", str(document), "--source", "store")[0] == 1
    path.write_text(path.read_text().replace('sha256 = "', 'sha256 = "0'))
    assert run(capsys, "check", str(document), "--lock", str(path))[0] == 3


@pytest.mark.parametrize(
    ("printed", "verdict", "said", "words"),
    [
        ("58%", "refuted", "revised", "revised: it held by the vintage 2025-01-10 (58.00 %)"),
        ("57%", "refuted", "wrong", "wrong: it was refuted, too, by the vintage 2025-01-10"),
        ("60%", "holds", "revised", "revised: it was refuted by the vintage 2025-01-10"),
        ("55-65%", "holds", "", ""),
    ],
)  # fmt: skip
def test_two_vintages_tell_revised_from_wrong(store, printed, verdict, said, words):
    now = choose("store")
    judged = found(printed, now, earlier_than(now, ["2025"]))
    assert (judged.verdict, judged.standing) == (verdict, said)
    assert words in judged.note and (words or "vintage 2025" not in judged.note)
    (earlier,) = judged.record()["earlier"]
    assert (earlier["vintage"], round(earlier["value"], 9)) == ("2025-01-10", 58.0)
    alone = found(printed, now)
    assert alone.standing == "" and alone.earlier == ()


def test_against_on_the_command_line(store, tmp_path, capsys):
    document = tmp_path / "report.md"
    document.write_text("[58 %]{.sme measure=persons_employed size=SME geo=DE year=2023}")
    line = ["check", str(document), "--source", "store", "--against", "sbs_sc_ovw@2025-01-10"]
    code, out = run(capsys, *line)
    assert code == 1 and "revised: it held by the vintage 2025-01-10" in " ".join(out.split())
    assert "1 revised" in out and "1 provisional" in out
    (record,) = json.loads(run(capsys, *line, "--format", "json")[1])
    assert record["standing"] == "revised" and record["earlier"][0]["verdict"] == "holds"


def test_a_number_that_an_earlier_release_printed_is_revised_and_not_wrong(cells):
    common = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94", "measure": "persons_employed_share",
              "unit": "PC", "half": 0.5}  # fmt: skip
    early = cells({"0-249": 58.0}, vintage="2024-01-01", **common).assign(source="preliminary")
    late = cells({"0-249": 60.0}, vintage="2025-01-01", **common).assign(source="final")
    space = Space([concat([early, late])])
    verdict = check(claim("58%"), space)[0]
    assert (verdict.verdict, verdict.standing) == ("refuted", "revised")
    # The claim's own source cannot prove it, but shows that it was no invention.
    quoting = check(claim("58%", quotes=["preliminary"]), space)[0]
    assert (quoting.verdict, quoting.standing) == ("refuted", "revised")
    assert check(claim("50%"), space)[0].standing == "wrong"
    assert check(claim("60%"), space)[0].standing == ""
    assert check(claim("50%"), Space([late]))[0].standing == "", "one vintage tells nothing"


def test_a_later_vintage_never_makes_up_for_a_cell_that_the_chosen_one_withholds(cells):
    common = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94"}
    before = cells({"GE250": 42, "TOTAL": 100}, vintage="2024-01-01", **common)
    now = cells({"0-9": 20, "GE250": None, "TOTAL": 100}, vintage="2025-01-01", **common)
    verdict = check(claim("58%"), Space([now], Space([before])))[0]
    assert verdict.verdict == "undecided" and verdict.evidence.vintage == "2025-01-01"
    assert [e.verdict for e in verdict.earlier] == ["holds"] and verdict.standing == ""


def test_undecided_vintages_tell_nothing():
    assert standing("undecided", []) == standing("holds", []) == standing("refuted", []) == ""


def test_what_is_no_vintage_is_refused(store):
    for wrong in ("10/2025", "2025-1", "", "last"):
        with pytest.raises(UsageError, match="one date such as"):
            choose(vintage=[wrong])
    with pytest.raises(UnknownNameError, match="2025-01-10"):
        space_of(choose(vintage=["sbs_sc_ovw@2024-01-01"]))
    with pytest.raises(UnknownNameError):
        space_of(choose("snapshot", ["sbs_sc_ovw@2025-01-10"]))
    with pytest.raises(UnknownNameError, match="source"):
        choose("archive")


def test_documents_are_rendered_and_updated_in_the_vintage_that_is_named(store, tmp_path, capsys):
    template, out = tmp_path / "t.md.j2", tmp_path / "t.md"
    template.write_text('{{ share("persons_employed", "SME", geo="DE", year=2023) | percent(0) }}')
    pin = ("--vintage", "sbs_sc_ovw@2025-01-10")
    for options, number, vintage in ((pin, "58 %", "2025-01-10"), ((), "55 %", "2026-11"),
                                     (("--source", "store"), "60 %", "2026-01-20")):  # fmt: skip
        assert run(capsys, "render", str(template), "--out", str(out), *options)[0] == 0
        text = out.read_text().replace("\N{NO-BREAK SPACE}", " ")
        assert text.startswith(number) and vintage in text
    mark = "{.sme measure=persons_employed size=SME geo=DE year=2023}"
    document = tmp_path / "report.md"
    document.write_text(f"[58 %]{mark}")
    assert "0 stale" in run(capsys, "update", str(document), *pin)[1]
    assert f"+[60 %]{mark}" in run(capsys, "update", str(document), "--source", "store")[1]
    assert document.read_text() == f"[58 %]{mark}", "a diff writes nothing"


def test_the_chain_of_a_verdict_is_data_with_its_vintages(store, tmp_path, capsys):
    document = tmp_path / "report.md"
    document.write_text("[58 %]{.sme #x measure=persons_employed size=SME geo=DE year=2023}")
    line = ["check", str(document), "--explain", "x", "--source", "store", "--against", "2025"]
    code, out = run(capsys, *line, "--format", "json")
    (chain,) = json.loads(out)
    assert code == 1 and (chain["verdict"], chain["standing"]) == ("refuted", "revised")
    cells = {c["size"]: (c["value"], c["flag"]) for c in chain["cells"]}
    assert cells == {"TOTAL": (100.0, "p"), "GE250": (40.0, "p")}
    assert {c["vintage"] for c in chain["cells"]} == {"2026-01-20T23:00"}
    assert chain["formula"] == "part ÷ TOTAL" and chain["nearest"] and chain["history"]
    text = run(capsys, *line)[1]
    assert "verdict:    refuted (provisional), EXPECTED HOLDS" in text
    assert "vintages:   revised: it held by the vintage 2025-01-10" in text
    assert run(capsys, *line, "--format", "csv")[0] == 2
