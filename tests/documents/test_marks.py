"""The grammar of marks in every format, and every mistake with its file and line."""

import json

import pytest

from sme_stats.claims.documents.masks import blank_code, harmless
from sme_stats.claims.documents.reading import read_any, read_document, scan_document
from sme_stats.claims.verdicts import check
from sme_stats.errors import ClaimError, InputError, UnknownNameError

JOBS = "measure=persons_employed size=SME geo=EU27_2020 year=2023"
SPAN = f"[58 %]{{.sme {JOBS} statistic=share}}"
PAIR = f"<!-- sme {JOBS} -->58 %<!-- /sme -->"
ATTRIBUTE = f'<span class="x" data-sme="{JOBS}">58 %</span>'


def said(path, **more):
    return [(c.id, c.printed.text, c.line) for c in read_document(path, **more)]


@pytest.mark.parametrize("name", ["a.md", "a.qmd", "a.markdown"])
@pytest.mark.parametrize("mark", [SPAN, PAIR, ATTRIBUTE, f"[**58 %**]{{.sme {JOBS}}}",
                                  f"[58&nbsp;%]{{#x .sme .big {JOBS}}}",
                                  f"[58\\ \\%]{{.sme {JOBS}}}",
                                  f"<!--sme {JOBS}-->58 <b>%</b><!--/sme-->"])  # fmt: skip
def test_every_form_of_a_mark_in_markdown(file, name, mark):
    (claim,) = read_document(file(name, f"# Title\n\nSMEs employ {mark} of us.\n"))
    assert (claim.printed.text, claim.line, claim.expect) == ("58 %", 3, "holds")
    assert (claim.statistic, claim.measure, claim.size) == ("share", "persons_employed", "0-249")
    assert (claim.geo, claim.year, claim.document.path[-len(name) :]) == ("EU27_2020", 2023, name)
    (verdict,) = check([claim])
    assert verdict.verdict == "refuted" and round(verdict.evidence.value) == 63


@pytest.mark.parametrize("name", ["a.html", "a.htm"])
def test_marks_of_a_page(file, name):
    page = file(name, f"<html><body>\n<p>{PAIR}</p>\n<div data-sme='{JOBS}'><div>63</div> &#37;"
                      f"</div>\n<img data-sme='x'><br/>&amp;{SPAN}</body></html>")  # fmt: skip
    first = "share-persons_employed-SME-EU27_2020-2023"
    assert said(page) == [(first, "58 %", 2), (f"{first}-2", "63 %", 3)]


def test_ids_are_what_is_claimed_or_what_is_given_and_stay_when_lines_move(file):
    text = f"{PAIR} [9]{{.sme id=big measure=enterprises size=250+ geo=DE year=latest}}"
    one, two = said(file("a.md", text)), said(file("b.md", "\n\n" + text))
    assert [x[0] for x in one] == [x[0] for x in two]
    assert [x[0] for x in one] == ["share-persons_employed-SME-EU27_2020-2023", "big"]


@pytest.mark.parametrize(
    ("text", "measure", "statistic"),
    [("8 %", "birth_rate", "rate"), ("5", "average_size", "average"),
     ("0.2 %", "turnover", "share"),
     ("33 million", "enterprises", "level"), ("2 pp", "birth_rate", "rate"),
     ("7 out of 10", "enterprises", "share")],
)  # fmt: skip
def test_the_statistic_that_a_mark_leaves_out(file, text, measure, statistic):
    size = "size=SME" if statistic == "share" else ""
    path = file("a.md", f"[{text}]{{.sme measure={measure} {size} geo=DE year=2023}}")
    assert read_document(path)[0].statistic == statistic


def test_code_holds_examples_and_no_marks(file):
    text = f"`{SPAN}` and ``{PAIR} ` ``\n\n```markdown\n{SPAN}\n```\n\n~~~\n{PAIR}\n~~~\n" \
           f"1. ```{{python}}\n   {SPAN}\n   ```\n\n`a\n\n{SPAN} b`\n\n``` \n{PAIR}"  # fmt: skip
    assert [line for *_, line in said(file("a.md", text))] == [16]


def test_lines_that_end_as_on_windows(file):
    text = f"\ufeff# A\n\n```\n{SPAN}\n```\n\n`a\n\n{SPAN} `b\n\n{PAIR}\n".replace("\n", "\r\n")
    assert [line for *_, line in said(file("a.md", text))] == [9, 11]


def test_masking_moves_nothing():
    text = "a `b` ```\n~~~\n<script>x<y</script><style>\n<!-- <![ <x"
    for masked in (blank_code(text), harmless(text)):
        assert len(masked) == len(text) and masked.count("\n") == text.count("\n")


def test_a_notebook_says_lines_of_its_file(file):
    cells = [{"cell_type": "code", "source": [SPAN], "outputs": [{"text": PAIR}]},
             {"cell_type": "markdown", "source": []},
             {"cell_type": "markdown", "metadata": {"a \"b\" \\": "\U0001f600 é"},
              "source": ["Größe \U0001f600\n", f"is {SPAN}, \"so\"\n", f"{ATTRIBUTE}"]},
             {"cell_type": "markdown", "source": f"one text\n\n{PAIR}"}]  # fmt: skip
    for ascii_only in (True, False):
        text = json.dumps({"cells": cells, "nbformat": 4}, indent=1, ensure_ascii=ascii_only)
        lines = [n for n, line in enumerate(text.splitlines(), 1) if "58 %" in line]
        found = read_document(file("a.ipynb", text))
        assert [c.line for c in found] == lines[2:]
        assert {c.printed.text for c in found} == {"58 %"}


def test_document_fields_are_given_once(file):
    text = ('<!-- sme-document title="My report" decimal="," geo=DE year=2023 quotes="a, b" -->\n'
            "[55,2 %]{.sme measure=persons_employed size=SME}")  # fmt: skip
    (claim,) = read_document(file("a.md", text))
    assert (claim.geo, claim.year, claim.printed.value) == ("DE", 2023, 55.2)
    assert (claim.document.title, claim.document.quotes) == ("My report", ("a", "b"))


BESIDE = """[document]
title = "Claims"
decimal = ","
[[claim]]
id = "jobs"
printed = "58 %"
statistic = "share"
measure = "persons_employed"
size = "SME"
geo = "EU27_2020"
year = 2023
expect = "refuted"
"""


@pytest.mark.parametrize("beside", ["a.claims.toml", "a.toml", "claims.toml", "other.toml"])
@pytest.mark.parametrize("mark", ["[58 %]{.sme sme=jobs}", "[58 %]{sme=jobs}",
                                  "<!-- sme=jobs -->58 %<!-- /sme -->",
                                  '<b data-sme="sme=jobs">58 %</b>'])  # fmt: skip
def test_a_claim_of_the_file_beside(file, beside, mark):
    path, claims = file("a.md", f"\n{mark}"), file(beside, BESIDE)
    given = {"claims_file": claims} if beside == "other.toml" else {}
    (claim,) = read_document(path, **given)
    assert (claim.id, claim.expect, claim.line) == ("jobs", "refuted", 2)
    assert claim.document.path == str(path)


def test_claims_files_and_documents_in_one_go(file):
    claims = read_any([file("c.toml", BESIDE), file("a.md", SPAN), file("plain.md", "no number")])
    assert [c.id for c in claims] == ["jobs", "share-persons_employed-SME-EU27_2020-2023"]


MISTAKES = [
    (
        "[58 %]{.sme measure=jobs size=SME geo=DE year=2023}",
        "a.md:2: mark '58 %': measure = 'jobs'",
    ),
    ("[58 %]{.sme measure=enterprises size=SME geo=DE}", "the key 'year' is missing"),
    ("[58 %]{.sme measure=enterprises size=SME geo=GR year=2023}", "Eurostat writes EL"),
    ("[58 %]{.sme measure=enterprises size=SME geo=DE yeer=2023}", "did you mean year?"),
    ("[58 %]{.sme measure enterprises}", "a.md:2: 'measure enterprises' is no key=value pair"),
    ("[58 %]{.sme size=SME size=SME}", "the mark has 'size' twice"),
    ("[58 %]{.sme printed=9 geo=DE}", "'printed' is what stands in the mark"),
    ("[many]{.sme measure=enterprises geo=DE year=2023}", "mark 'many'"),
    ("[1.234]{.sme measure=enterprises geo=DE year=2023}", "1.234 or 1,234"),
    ("58 %]{.sme measure=enterprises}", "a.md:2: no [ opens the span"),
    ("[]{.sme measure=enterprises}", "a.md:2: the mark holds no number"),
    (f"[{'x ' * 150}]{{.sme measure=enterprises}}", "mark the number alone"),
    (f"<!-- sme {JOBS} -->58 %", "a.md:2: this mark is never closed: <!-- /sme -->"),
    (f"<b data-sme='{JOBS}'>58 %", "never closed: </b>"),
    ("<!-- /sme -->", "a.md:2: <!-- /sme --> closes no mark"),
    (f"<!-- sme {JOBS} -->\n{PAIR}", "a.md:3: a mark begins inside the mark of line 2"),
    ("<!-- sme-document yeer=2023 -->", "a.md:2: sme-document has an unknown key 'yeer'"),
    ("<!-- sme-document decimal=; -->", 'neither "." nor ","'),
    ("[58 %]{sme=jobs}", "beside it is none of a.claims.toml, a.toml, claims.toml"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_are_one_line_with_file_and_line(file, run, text, message):
    path = file("a.md", "\n" + text)
    with pytest.raises((ClaimError, InputError)) as error:
        read_document(path)
    assert message in str(error.value) and "\n" not in str(error.value)
    code, out, err = run("check", path)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_name_that_the_claims_file_has_not(file):
    file("a.toml", BESIDE)
    with pytest.raises(ClaimError, match=r"a.md:1: mark '58 %': no claim 'job' .*mean jobs"):
        read_document(file("a.md", "[58 %]{sme=job}"))
    with pytest.raises(ClaimError, match="drop the others"):
        read_document(file("a.md", "[58 %]{.sme sme=jobs geo=DE}"))


@pytest.mark.parametrize(("text", "message"), [
    ("[]", "not a notebook"), ("{", "not a notebook"), ('{"cells": [1]}', "not a notebook"),
    ('{"cells": [{"cell_type": "markdown", "source": [1]}]}', "not text"),
    ("[" * 100_000, "nested too deep"), ('{"a": ' + "9" * 5000 + "}", "not a notebook"),
    (json.dumps({"cells": [{"cell_type": "markdown", "source": ["a\n", "[1 %]{.sme x}"]}]},
                indent=0),
     "a.ipynb:7: 'x' is no key=value pair"),
])  # fmt: skip
def test_broken_notebooks(file, text, message):
    with pytest.raises((InputError, ClaimError), match=message):
        read_document(file("a.ipynb", text))


def test_formats_that_are_none(file, tmp_path):
    with pytest.raises(InputError, match=r"valid: \.md"):
        scan_document(file("a.pdf", ""))
    with pytest.raises(InputError, match="not UTF-8"):
        (tmp_path / "b.md").write_bytes(b"\xff\xfe")
        read_document(tmp_path / "b.md")
    with pytest.raises(InputError, match="no such file"):
        read_document(tmp_path / "c.md")
    (tmp_path / "d.md").mkdir()
    with pytest.raises(InputError, match="a folder"):
        read_document(tmp_path / "d.md")
    with pytest.raises(UnknownNameError):
        from sme_stats.cli.documents import print_chain

        print_chain([], "x", None, "text")
