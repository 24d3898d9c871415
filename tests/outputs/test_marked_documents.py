"""Numbers marked in documents are checked where they stand; verdicts in CI's own formats."""

import json
import xml.etree.ElementTree as ET
import zipfile

import pytest

from sme_stats.cli import main

PRESS = "data/claims/press-2023.toml"
MARK = "statistic=share measure=persons_employed size=SME geo=DE year=2023"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def run(capsys, *args):
    with pytest.raises(SystemExit) as stopped:
        main(list(args))
    out = capsys.readouterr()
    assert "Traceback" not in out.err
    return stopped.value.code, out.out, out.err


def word(path, body, types=TYPES):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>',
        )
    return path


CONTROL = (
    f'<w:p><w:sdt><w:sdtPr><w:tag w:val="sme {MARK}"/></w:sdtPr><w:sdtContent><w:r><w:t>55.2 %'
    "</w:t></w:r></w:sdtContent></w:sdt></w:p>"
)


@pytest.fixture
def documents(tmp_path):
    """One marked number in each kind of document."""
    (tmp_path / "a.md").write_text(f"Jobs: <!-- sme {MARK} -->55.2 %<!-- /sme -->.\n", "utf-8")
    (tmp_path / "b.qmd").write_text(f"Jobs: [55.2 %]{{.sme {MARK}}}.\n", "utf-8")
    (tmp_path / "c.html").write_text(f'<p><span data-sme="{MARK}">55.2 %</span></p>\n', "utf-8")
    cell = {"cell_type": "markdown", "metadata": {}, "source": [f"[55.2 %]{{.sme {MARK}}}"]}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "d.ipynb").write_text(json.dumps(book, indent=1), "utf-8")
    word(tmp_path / "e.docx", CONTROL)
    return sorted(tmp_path.iterdir())


def test_each_kind_of_document_is_checked(documents, capsys):
    code, out, _ = run(capsys, "check", *map(str, documents), "--format", "json")
    records = json.loads(out)
    assert code == 0
    assert [r["verdict"] for r in records] == ["holds"] * len(documents)
    assert {round(r["value"], 2) for r in records} == {55.24}


def test_a_wrong_number_names_file_and_line(tmp_path, capsys):
    file = tmp_path / "a.md"
    file.write_text(f"One\n\n<!-- sme {MARK} -->58 %<!-- /sme -->\n", "utf-8")
    code, out, _ = run(capsys, "check", str(file), "--format", "github")
    assert code == 1
    assert f"::error file={file},line=3" in out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", "[58 %]{.sme measure=persons size=SME geo=DE year=2023 statistic=share}\n"),
        ("b.docx", "not a zip"),
        ("c.ipynb", "{"),
    ],
)
def test_a_broken_document_is_one_line(tmp_path, capsys, name, content):
    (tmp_path / name).write_text(content, "utf-8")
    code, _, err = run(capsys, "check", str(tmp_path / name))
    assert code == 2
    assert err.count("\n") == 1
    assert name in err


def test_entities_and_macros_are_refused(tmp_path, capsys):
    body = f'<!DOCTYPE x [<!ENTITY a "b">]>{CONTROL}'
    evil = word(tmp_path / "evil.docx", CONTROL)
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", body)
    assert run(capsys, "check", str(evil))[0] == 2
    macros = word(tmp_path / "m.docx", CONTROL, TYPES.replace("document.main", "macroEnabled.main"))
    assert run(capsys, "check", str(macros))[0] == 2


def test_junit_is_one_testcase_a_claim(capsys):
    code, out, _ = run(capsys, "check", PRESS, "--format", "junit")
    cases = ET.fromstring(out).iter("testcase")
    assert code == 0
    assert [c.get("name") for c in cases] == [
        "employment-share",
        "companies",
        "large",
        "one-person",
        "jobs",
    ]


@pytest.mark.parametrize("form", ["markdown", "csv", "github", "text"])
def test_every_format_names_every_claim(capsys, form):
    code, out, _ = run(capsys, "check", PRESS, "--format", form)
    assert code == 0
    assert out


@pytest.mark.parametrize("claim", ["large", "one-person", "employment-share"])
def test_explain_prints_the_chain(capsys, claim):
    code, out, _ = run(capsys, "check", PRESS, "--explain", claim)
    assert code == 0
    for part in ("printed as:", "verdict:", "nearest 1:"):
        assert part in out
