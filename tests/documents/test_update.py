"""update: the digits of stale numbers change, in their own form, and nothing else."""

import json
import zipfile

import pytest

from sme_stats.claims.documents import guard
from sme_stats.claims.documents.reading import read_document
from sme_stats.claims.documents.update import plan_update
from sme_stats.claims.verdicts import check
from sme_stats.errors import InputError

JOBS = "measure=persons_employed size=SME geo=EU27_2020 year=2023"
FIRMS = "measure=enterprises geo=EU27_2020 year=2023"
LARGE = "measure=enterprises size=250+ geo=EU27_2020 year=2023"
DE = "measure=persons_employed size=SME geo=DE year=2023"

#: What is printed, what it claims, the document's decimal mark, what it becomes.
FORMS = [
    ("58 %", JOBS, "", "63 %"), ("58%", JOBS, "", "63%"), ("58 percent", JOBS, "", "63 percent"),
    ("**58** %", JOBS, "", "**63** %"), ("25 million", FIRMS, "", "33 million"),
    ("25.8 million", FIRMS, "", "33.1 million"), ("25,8 Mio", FIRMS, ",", "33,1 Mio"),
    ("25,000,000", FIRMS, "", "33,000,000"), ("25.000.000", FIRMS, ",", "33.000.000"),
    ("25 800 123", FIRMS, "", "33 065 522"), ("25\u202f800\u202f123", FIRMS, "",
                                             "33\u202f065\u202f522"),
    ("25'800'123", FIRMS, "", "33'065'522"), ("53,000", f"{LARGE} statistic=level", ".", "54,000"),
    ("53000", f"{LARGE} statistic=level", "", "54000"), ("0.1 %", LARGE, "", "0.2 %"),
    ("0,10 %", LARGE, ",", "0,16 %"), ("57.1 %", DE, "", "55.2 %"),
    ("7 out of 10", JOBS, "", "6 out of 10"), ("around 58 %", JOBS, "", "around 63 %"),
    ("over 70 %", JOBS, "", "over 62 %"), ("_5_ %", DE, "", "_55_ %"),
    ("0.012 billion", FIRMS, "", "0.033 billion"), ("4.1", "measure=average_size geo=EU27_2020 "
                                                    "year=2023", "", "4.9"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "fields", "decimal", "new"), FORMS)
def test_precision_and_form_stay(file, old, fields, decimal, new):
    head = f'<!-- sme-document decimal="{decimal}" -->\r\n' if decimal else "\ufeff\r\n"
    text = "{}é 1 %: [{}]{{.sme {}}}, so 58 %.\r\n\tend "
    path = file("a.md", text.format(head, old, fields))
    path.chmod(0o640)
    plan = plan_update(path)
    assert [c.reason for c in plan.changes] == [""]
    assert path.read_bytes().decode() == text.format(head, old, fields), "nothing written yet"
    plan.write()
    assert path.read_bytes().decode() == text.format(head, new, fields)
    assert path.stat().st_mode & 0o777 == 0o640
    assert {v.verdict for v in check(read_document(path))} == {"holds"}
    assert not plan_update(path).writable, "a second update has nothing to do"


LEFT = [
    ("two thirds", JOBS, "is written in words"), ("50-58 %", JOBS, "more than one number"),
    ("5 %", f"{DE} expect=refuted", None),
    ("63 %", JOBS, None), ("5&#56; %", JOBS, "split by markup"),
    ("<i>5</i>8 %", JOBS, "split by markup"),
    ("58 %", "measure=persons_employed size=SME geo=XK year=2023", "the tables at hand have no"),
    ("58.00 %", JOBS, "no number of the form"),  # the data know it to half a percent
    ("12 %", "measure=persons_employed size=SME geo=PT year=2021", "no number of the form"),
    ("EUR 5 billion", FIRMS, "the unit of the data"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "fields", "reason"), LEFT, ids=[x[0] for x in LEFT])
def test_what_cannot_be_rewritten_is_left_and_said(file, run, old, fields, reason):
    text = f"SMEs: [{old}]{{.sme {fields}}}\n"
    path = file("a.md", text)
    code, out, err = run("update --write", path)
    assert path.read_text(encoding="utf-8") == text and err == ""
    assert code == (1 if reason else 0)
    assert (reason or "0 stale") in out


def test_a_diff_first_and_the_file_with_write_only(file, run):
    text = f"a\n\nSMEs [58 %]{{.sme {JOBS}}}"
    path = file("a.md", text)
    code, out, _ = run("update", path)
    assert code == 0 and path.read_text(encoding="utf-8") == text
    assert f"-SMEs [58 %]{{.sme {JOBS}}}\n\\ No newline at end of file\n" in out
    assert f"+SMEs [63 %]{{.sme {JOBS}}}" in out and "1 stale, 1 to rewrite" in out
    code, out, _ = run("update --write --format json", path)
    (row,) = json.loads(out)
    assert (row["line"], row["old"], row["new"], row["reason"]) == (3, "58 %", "63 %", None)
    assert path.read_text(encoding="utf-8") == text.replace("58 %", "63 %")


@pytest.mark.parametrize("ascii_only", [True, False])
def test_notebooks_keep_every_other_byte(file, ascii_only):
    source = ["Größe \U0001f600 \\ \"x\"\n", f'<b data-sme="{FIRMS}">25\u00a0million</b>\t',
              f"[25 800 123]{{.sme {FIRMS}}}"]  # fmt: skip
    cells = {"cells": [{"cell_type": "markdown", "source": source}], "nbformat": 4, "x": "58 %"}
    text = json.dumps(cells, indent=3, ensure_ascii=ascii_only)
    path = file("a.ipynb", text)
    plan_update(path).write()
    assert path.read_text(encoding="utf-8") == text.replace("25", "33").replace(
        "800 123", "065 522"
    )
    assert json.loads(path.read_text(encoding="utf-8"))["nbformat"] == 4


def test_html_keeps_every_other_byte(file):
    text = f"<p>58 % <span\n data-sme='{JOBS}'><i>58</i>&nbsp;%</span></P>\r\n<!-- 58 % -->"
    path = file("a.html", text)
    plan_update(path).write()
    assert path.read_bytes().decode() == text.replace("<i>58</i>", "<i>63</i>")


def test_word_keeps_every_other_part_and_byte(docx, tmp_path, run):
    mark, other = docx.control(f"sme {JOBS}", "58", " %"), docx.commented(1, "25 800 123")
    path = docx(tmp_path / "a.docx", "Größe é 58 %", f"{mark} and {other}", "58 %",
                comments={1: f"sme {FIRMS}"}, **{"word/media/a.png": b"\x89PNG"})  # fmt: skip
    before = guard.parts(path)
    code, out, _ = run("update", path)
    assert guard.parts(path) == before
    assert code == 0 and "@@ paragraph 2 @@\n-58 %\n+63 %\n" in out
    run("update --write", path)
    after = guard.parts(path)
    document = "word/document.xml"
    assert after.pop(document) == before.pop(document).replace(b">58<", b">63<").replace(
        b"25 800 123", b"33 065 522"
    )
    assert after == before
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None


def test_thin_spaces_in_word(docx, tmp_path):
    mark = docx.control(f"sme {FIRMS}", "about 25\u202f800\u202f123")
    path = docx(tmp_path / "a.docx", f"é {mark}")
    plan_update(path).write()
    assert "about 33\u202f065\u202f522" in guard.parts(path)["word/document.xml"].decode()


def test_signed_documents_are_not_rewritten(docx, tmp_path):
    path = docx(tmp_path / "a.docx", docx.control(f"sme {JOBS}", "58 %"),
                **{"_xmlsignatures/sig1.xml": "<x/>"})  # fmt: skip
    plan = plan_update(path)
    with pytest.raises(InputError, match="signed"):
        plan.write()


def test_writing_is_whole_or_not_at_all(file, tmp_path, monkeypatch):
    path = file("a.md", f"[58 %]{{.sme {JOBS}}}")
    link = tmp_path / "link.md"
    link.symlink_to(path)
    monkeypatch.setattr("pathlib.Path.replace", _full)
    with pytest.raises(InputError, match=r"cannot write .*: disk full"):
        plan_update(link).write()
    assert "58 %" in path.read_text(encoding="utf-8")
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "cache") == ["a.md", "link.md"]
    monkeypatch.undo()
    plan_update(link).write()
    assert link.is_symlink() and "63 %" in path.read_text(encoding="utf-8")


def _full(*_):
    raise OSError(28, "disk full")
