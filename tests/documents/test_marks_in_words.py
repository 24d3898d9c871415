"""Marks of every text format: what is read, and what is refused word by word."""

import json

import pytest

from sme_stats.claims.documents.marks import Mark, Piece, head_of, parse_fields
from sme_stats.claims.documents.markup import scan_html, scan_markdown
from sme_stats.claims.documents.masks import blank_code, closed, harmless
from sme_stats.claims.documents.reading import (
    format_of,
    is_document,
    read_any,
    read_document,
    scan_text,
)
from sme_stats.errors import ClaimError, InputError

FIELDS = "measure=persons_employed size=SME geo=EU27_2020 year=2023"


@pytest.mark.parametrize(("text", "head"), [
    ("sme", "sme"), (" sme x=1", "sme"), ("sme=jobs", "sme"), ("sme-document a=b", "sme-document"),
    ("smell", ""), ("a sme", ""), ("/sme", ""), ("sme-doc", ""), ("", ""),
])  # fmt: skip
def test_what_begins_a_mark(text, head):
    assert head_of(text) == head


#: Text of a mark, its fields, or what is said of it.
PAIRS = [
    ("sme a=b c-d=e", {"a": "b", "c-d": "e"}), ("sme=jobs", {"sme": "jobs"}), ("a = b", {"a": "b"}),
    ("sme a='b c' d=\"e'f\"", {"a": "b c", "d": "e'f"}), ("sme", {}), ("", {}),
    ("sme-document a=1", {"a": "1"}),
    ("sme a", "f.md:3: 'a' is no key=value pair of a mark"),
    ("sme a=b a=c", "f.md:3: the mark has 'a' twice"),
    ("sme a=b c", "f.md:3: 'c' is no key=value pair of a mark"),
    ("sme 1a=b", "f.md:3: '1a=b' is no key=value pair of a mark"),
    ("sme a='b", "f.md:3: \"a='b\" is no key=value pair of a mark"),
    ("sme a='b'c", "f.md:3: \"a='b'c\" is no key=value pair of a mark"),
    ("sme " + "x" * 50, f"f.md:3: '{'x' * 40}' is no key=value pair of a mark"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fields"), PAIRS)
def test_fields_of_a_mark(text, fields):
    if isinstance(fields, dict):
        assert parse_fields(text, "f.md:3") == fields
        return
    with pytest.raises(ClaimError) as refused:
        parse_fields(text, "f.md:3")
    assert str(refused.value) == fields


@pytest.mark.parametrize(("written", "read"), [
    ("**58** %", "58 %"), ("_58_ %", "58 %"), ("58\n  %", "58 %"), (r"58 \%", "58 %"),
    ("`58`", "58"),
    ("a_b", "a_b"), (r"\_58", "_58".strip("_")),
])  # fmt: skip
def test_the_text_of_a_mark(written, read):
    assert Mark({}, 1, (Piece(0, 0, written[:2]), Piece(0, 0, written[2:]))).text == read


def found(text, scanner=scan_markdown):
    return [(m.text, m.line, m.fields, [(p.start, p.end) for p in m.pieces])
            for m in scanner(text, "f.md").marks]  # fmt: skip


def test_marks_of_markdown_in_their_order():
    text = "a [58 %]{.sme a=b} c\n<!-- sme d=e -->\n63 %<!-- /sme --> [5]{.x} [7]{sme=z}"
    start = text.index("\n63")
    assert found(text) == [
        ("58 %", 1, {"a": "b"}, [(3, 7)]), ("63 %", 2, {"d": "e"}, [(start, start + 5)]),
        ("7", 3, {"sme": "z"}, [(text.index("7]"), text.index("7]") + 1)]),
    ]  # fmt: skip
    assert found("[5]{.sme #jobs .big a=b}")[0][2] == {"id": "jobs", "a": "b"}
    assert found("[[x] 5]{.sme a=b}")[0][0] == "[x] 5"
    assert found("[<b>58</b> %]{.sme a=b}")[0][::3] == ("58 %", [(4, 6), (10, 12)])
    assert found("`[5]{.sme a=b}`") == found("~~~\n[5]{.sme a=b}\n~~~") == []
    assert found("<!-- [5]{.sme a=b} -->") == []
    assert found("[5&nbsp;%]{.sme a=b}")[0][0] == "5 %"


def test_marks_of_html():
    page = (
        '<p data-sme="a=b">x <p>5</p> y</p>\n<b data-sme="c=d">5&nbsp;&#37;</b><br data-sme="e=f">'
    )
    marks = found(page, scan_html)
    assert [m[:3] for m in marks] == [("x 5 y", 1, {"a": "b"}), ("5 %", 2, {"c": "d"})]
    start = page.index("5&nbsp;")
    assert marks[1][3] == [(start, start + 1), (start + 1, start + 7), (start + 7, start + 12)]
    assert found('<b data-sme="sme=x" />5', scan_html) == []
    assert found("<!-- sme a=b -->5<!-- /sme -->", scan_html)[0][:3] == ("5", 1, {"a": "b"})


#: Markdown, and what is said of it.
BROKEN = [
    ("\n<!-- sme a=b --> 5", "f.md:2: this mark is never closed: <!-- /sme -->"),
    ('\n<b data-sme="a=b"> 5', "f.md:2: this mark is never closed: </b>"),
    ("sme\n<!-- /sme -->", "f.md:2: <!-- /sme --> closes no mark"),
    ("<!-- sme a=b -->5\n<!-- sme c=d -->6",
    "f.md:2: a mark begins inside the mark of line 1: close "
                                              "that first"),
    ("<!-- sme a=b --> <!-- /sme -->", "f.md:1: the mark holds no number"),
    ("[]{.sme a=b}", "f.md:1: the mark holds no number"),
    (f"[{'5' * 201}]{{.sme a=b}}", "f.md:1: the mark holds 201 characters: mark the number alone"),
    ("\n5]{.sme a=b}", "f.md:2: no [ opens the span before {.sme a=b}"),
    ("[5]{.sme a}", "f.md:1: 'a' is no key=value pair of a mark"),
    ("<!-- sme-document titel=x -->",
    "f.md:1: sme-document has an unknown key 'titel'; did you mean "
                                      "title?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_a_broken_mark_is_named(text, said):
    with pytest.raises(ClaimError) as refused:
        scan_markdown(text, "f.md")
    assert str(refused.value) == said


def test_two_hundred_letters_are_a_mark():
    assert len(found(f"[{'5' * 200}]{{.sme a=b}}")[0][0]) == 200


def test_fields_for_all_marks_of_a_document():
    scan = scan_markdown(
        "<!-- sme-document title='A b' geo=DE --> <!-- sme-document geo=FR -->", "f"
    )
    assert scan.given == {"title": "A b", "geo": "FR"} and scan.marks == []


def read(tmp_path, text, name="report.md"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_document(path)


def test_claims_of_marks(tmp_path):
    head = ("<!-- sme-document title=T decimal=, quotes='final-2023, final-2022' geo=DE year=2022 "
            "population=C -->\n")  # fmt: skip
    marks = (f"[1,5 %]{{.sme measure=enterprises size=SME}} [2 pp]{{.sme {FIELDS}}} "
             "[3]{.sme measure=enterprises base_year=2020} [4]{.sme measure=average_size} "
             "[5 %]{.sme measure=birth_rate} [3]{.sme measure=enterprises base_year=2020} "
             "[6 %]{.sme #own measure=enterprises size=SME statistic=share "
             "quotes=final-2021}")  # fmt: skip
    claims = read(tmp_path, head + marks)
    assert [(c.statistic, c.printed.value, c.geo, c.year) for c in claims] == [
        ("share", 1.5, "DE", 2022), ("change", 2, "EU27_2020", 2023), ("level", 3, "DE", 2022),
        ("average", 4, "DE", 2022), ("rate", 5, "DE", 2022), ("level", 3, "DE", 2022),
        ("share", 6, "DE", 2022),
    ]  # fmt: skip
    assert [c.id for c in claims] == [
        "share-enterprises-SME-C-DE-2022", "change-persons_employed-SME-C-EU27_2020-2023",
        "level-enterprises-C-DE-2022", "average-average_size-C-DE-2022",
        "rate-birth_rate-C-DE-2022",
        "level-enterprises-C-DE-2022-2", "own",
    ]  # fmt: skip
    document = claims[0].document
    assert (document.title, document.decimal) == ("T", ",")
    assert document.quotes == ("final-2023", "final-2022")
    assert document.path == str(tmp_path / "report.md") and claims[0].line == 2
    assert claims[2].base_year == 2020 and claims[6].quotes == ("final-2021",)
    assert claims[0].population == "C"


#: What is marked, and what is said of it.
NO_CLAIM = [
    ("[5 apples]{.sme measure=enterprises geo=DE year=2023}",
    ":1: mark '5 apples': '5 apples' cannot be "
     "read: 'apples' is no magnitude; valid: thousand, million, billion, trillion, and their "
     "like in six "
     "languages"),
    ("[5]{.sme printed=6}",
    ":1: mark '5': 'printed' is what stands in the mark, not a field of it"),
    ("[5]{.sme quote=6}", ":1: mark '5': 'quote' is what stands in the mark, not a field of it"),
    ("[5]{.sme measure=enterprises geo=DE year=20xx}",
    ":1: mark '5': year = '20xx' is not a year such as "
                                                      "2023, nor 'latest'"),
    ("<!-- sme-document decimal=; -->", ': decimal=; is neither "." nor ","'),
    ("[5]{sme=x}",
    " names claims (sme=ID), but beside it is none of report.claims.toml, report.toml, "
                   "claims.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), NO_CLAIM)
def test_a_mark_that_is_no_claim_is_named(tmp_path, text, said):
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert str(refused.value) == f"{tmp_path / 'report.md'}{said}"


CLAIM = (
    '[document]\ntitle = "B"\ndecimal = ","\nquotes = ["final-2023"]\n[[claim]]\nid = "jobs"\n'
    'printed = "1,5 %"\nstatistic = "share"\nmeasure = "enterprises"\nsize = "SME"\ngeo = "DE"\n'
    "year = 2023\n"
)


@pytest.mark.parametrize("name", ["report.claims.toml", "report.toml", "claims.toml"])
def test_claims_named_beside_a_document(tmp_path, name):
    (tmp_path / name).write_text(CLAIM, encoding="utf-8")
    (claim,) = read(tmp_path, "\n[2,5 %]{sme=jobs}")
    assert (claim.id, claim.printed.value, claim.line) == ("jobs", 2.5, 2)
    assert claim.document.title == str(tmp_path / "report.md")
    assert claim.document.quotes == ("final-2023",)
    (claim,) = read(tmp_path, "<!-- sme-document quotes=final-2021 -->[2,5 %]{sme=jobs}")
    assert claim.document.quotes == ("final-2021",)
    where = f"{tmp_path / 'report.md'}:1: mark '2'"
    for text, said in (
        ("[2]{sme=jobz}",
        f"{where}: no claim 'jobz' in the claims file beside; did you mean jobs?"),
        ("[2]{sme=jobs geo=DE}",
        f"{where}: sme=jobs takes every field from the claims file: drop the others"),
    ):  # fmt: skip
        with pytest.raises(ClaimError) as refused:
            read(tmp_path, text)
        assert str(refused.value) == said


def test_documents_and_claims_files_in_the_order_given(tmp_path):
    (tmp_path / "claims.toml").write_text(CLAIM, encoding="utf-8")
    (tmp_path / "report.md").write_text("[2]{sme=jobs}", encoding="utf-8")
    paths = [tmp_path / "report.md", tmp_path / "claims.toml", tmp_path / "report.md"]
    assert [c.printed.value for c in read_any(paths)] == [2, 1.5, 2]
    (tmp_path / "other.toml").write_text(CLAIM.replace("1,5", "7"), encoding="utf-8")
    (tmp_path / "claims.toml").unlink()
    assert read_any([tmp_path / "report.md"], tmp_path / "other.toml")[0].printed.value == 2


def test_formats_by_suffix(tmp_path):
    assert all(is_document(f"a{suffix}") for suffix in (".MD", ".docm", ".dotm"))
    assert not any(is_document(f"a{suffix}") for suffix in (".toml", "", ".txt"))
    suffixes = (".md", ".markdown", ".QMD", ".htm", ".html", ".ipynb", ".docx")
    kinds = [format_of(tmp_path / f"a{suffix}") for suffix in suffixes]
    assert kinds == ["markdown"] * 3 + ["html"] * 2 + ["notebook", "word"]
    valid = ".md, .markdown, .qmd, .html, .htm, .ipynb, .docx"
    for name, said in (
        ("a.docm", "is of a type that carries macros: save it as .docx"),
        ("a.txt", f"is no document that is read; valid: {valid}"),
    ):
        with pytest.raises(InputError) as refused:
            format_of(tmp_path / name)
        assert str(refused.value) == f"{tmp_path / name} {said}"


def test_marks_of_a_notebook_stand_where_the_file_has_them():
    cells = [{"cell_type": "code", "source": ["[1]{.sme a=b}"]},
             {"cell_type": "markdown", "source": ["é\n", "[58 %]{.sme a=b}"]},
             {"cell_type": "markdown", "source": "[<b>7</b>]{.sme c=d}"}]  # fmt: skip
    text = json.dumps({"cells": cells}, indent=1)
    marks = scan_text(text, "notebook", "n.ipynb").marks
    assert [(m.text, m.fields) for m in marks] == [("58 %", {"a": "b"}), ("7", {"c": "d"})]
    assert ["".join(text[p.start : p.end] for p in m.pieces) for m in marks] == ["58 %", "7"]
    assert [m.line for m in marks] == [text[: m.pieces[0].start].count("\n") + 1 for m in marks]
    cells[1]["source"] = ["a\n", "[5]{.sme a}"]
    text = json.dumps({"cells": cells}, indent=1)
    line = text[: text.index("[5]")].count("\n") + 1
    with pytest.raises(ClaimError) as refused:
        scan_text(text, "notebook", "n.ipynb")
    assert str(refused.value) == f"n.ipynb:{line}: 'a' is no key=value pair of a mark"
    for broken, said in (("{}", "'cells'"), ("[" * 100_000, "nested too deep")):
        with pytest.raises(InputError) as refused:
            scan_text(broken, "notebook", "n.ipynb")
        assert str(refused.value) == f"n.ipynb is not a notebook of nbformat 4: {said}"
    text = json.dumps({"cells": [{"cell_type": "markdown", "source": [1]}]})
    with pytest.raises(InputError, match=r"4: the source of a cell is not text$"):
        scan_text(text, "notebook", "n.ipynb")


def test_what_cannot_hold_a_mark_is_blanked_in_its_place():
    fenced = blank_code("a\n```\nb\n```\nc `d` e ``f`g`` h `i")
    assert fenced == "a\n   \n \n   \nc     e         h `i"
    assert blank_code("a `b\n\nc` d") == "a `b\n\nc` d", "a paragraph ends it"
    assert blank_code("````\n```\nx\n````\ny") == "    \n   \n \n    \ny"
    assert blank_code("~~~\nx") == "   \n "
    assert closed("<!-- a --> b <!-- c") == "<!-- a --> b      c"
    assert harmless("<script>a<b></script> c <d") == "<script>    </script> c  d"
    assert harmless("<TITLE>x") == "<TITLE> " and harmless("a <![ b>") == "a     b>"
