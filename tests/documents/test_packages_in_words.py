"""Packages and files from anybody, and verdicts that flipped: bounds, and refusals word by word."""

import json
import zipfile

import pytest

from sme_stats.claims.documents import guard
from sme_stats.claims.documents.flips import Flip, find_flips, to_markdown
from sme_stats.claims.documents.guard import decode, parts, read_bytes, write_whole
from sme_stats.claims.documents.package import rewrite
from sme_stats.errors import InputError


def test_bounds_of_what_is_let_in(tmp_path, monkeypatch):
    path = tmp_path / "a.docx"

    def said(call):
        with pytest.raises(InputError) as refused:
            call(path)
        return str(refused.value)

    assert said(read_bytes) == f"cannot read {path}: no such file"
    path.write_bytes(b"12345")
    monkeypatch.setattr(guard, "MOST_BYTES", 5)
    assert read_bytes(path) == b"12345"
    monkeypatch.setattr(guard, "MOST_BYTES", 4)
    assert said(read_bytes) == f"{path} has 0 MB, more than a document can have (0 MB)"
    monkeypatch.undo()
    assert said(lambda p: decode(b"ab\xff", p)) == f"{path} is not UTF-8 text (byte 2)"
    assert said(parts).startswith(f"{path} is not a readable docx package: ")
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.xml", "x")
        package.writestr("b/c.xml", "y" * 3)
    assert parts(path) == {"a.xml": b"x", "b/c.xml": b"yyy"}
    monkeypatch.setattr(guard, "MOST_PARTS", 2)
    assert len(parts(path)) == 2
    monkeypatch.setattr(guard, "MOST_PARTS", 1)
    assert said(parts) == f"{path} has 2 parts; a docx has at most 1"
    monkeypatch.undo()
    monkeypatch.setattr(guard, "MOST_UNPACKED", 4)
    assert len(parts(path)) == 2
    monkeypatch.setattr(guard, "MOST_UNPACKED", 3)
    assert said(parts) == f"{path} unpacks to 0 MB: refused as a zip bomb"
    monkeypatch.undo()
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/vbaProject.bin", "x")
    assert said(parts) == f"{path} carries macros: save it as .docx without them"


def test_a_part_may_be_dense_if_it_is_small(tmp_path, monkeypatch):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.xml", "x" * 10_000)
    ratio = 10_000 / zipfile.ZipFile(path).infolist()[0].compress_size
    assert len(parts(path)) == 1, "small parts may be dense"
    monkeypatch.setattr(guard, "SMALL_PART", 10_000)
    monkeypatch.setattr(guard, "MOST_RATIO", 1)
    assert len(parts(path)) == 1
    monkeypatch.setattr(guard, "SMALL_PART", 9_999)
    monkeypatch.setattr(guard, "MOST_RATIO", ratio)
    assert len(parts(path)) == 1
    monkeypatch.setattr(guard, "MOST_RATIO", ratio - 1)
    with pytest.raises(InputError, match="refused as a zip bomb"):
        parts(path)


def test_a_package_keeps_what_is_not_replaced(tmp_path):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.xml", "x", zipfile.ZIP_STORED)
        package.writestr("b.xml", "y" * 99, zipfile.ZIP_DEFLATED)
    rewrite(path, {"a.xml": b"new"})
    assert parts(path) == {"a.xml": b"new", "b.xml": b"y" * 99}
    kinds = [entry.compress_type for entry in zipfile.ZipFile(path).infolist()]
    assert kinds == [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("_xmlsignatures/sig1.xml", "z")
    with pytest.raises(InputError) as refused:
        rewrite(path, {})
    assert str(refused.value) == f"{path} is signed: a changed number would break its signature"


def test_a_file_is_written_whole_with_its_mode_through_its_link(tmp_path):
    target, link = tmp_path / "deep" / "a.md", tmp_path / "link.md"
    write_whole(target, b"one")
    assert target.read_bytes() == b"one" and target.stat().st_mode & 0o777 == 0o644
    target.chmod(0o600)
    link.symlink_to(target)
    write_whole(link, b"two")
    assert link.is_symlink() and target.read_bytes() == b"two"
    assert target.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in target.parent.iterdir()] == ["a.md"]
    with pytest.raises(InputError) as refused:
        write_whole(target / "b.md", b"x")
    assert str(refused.value).startswith(f"cannot write {target / 'b.md'}: ")


def row(**fields):
    return {"id": "a", "document": "D", "verdict": "holds", "printed": "5 %"} | fields


def test_verdicts_that_flipped(tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"

    def flips(before, after):
        old.write_text(json.dumps(before), encoding="utf-8")
        new.write_text(json.dumps(after), encoding="utf-8")
        return find_flips(old, new)

    refuted = row(verdict="refuted", note="the data")
    assert flips([row()], [row()]) == flips([row()], []) == flips([], [row()]) == []
    (flip,) = flips([row()], [refuted])
    assert flip == Flip("D", "a", "5 %", "holds", "refuted", "revised", "the data")
    assert flip.record() == {
        "document": "D", "id": "a", "printed": "5 %", "before": "holds", "after": "refuted",
        "why": "revised", "note": "the data",
    }  # fmt: skip
    (flip,) = flips([row()], [row(verdict="refuted", printed="6 %", note=None)])
    assert (flip.printed, flip.why, flip.note) == ("6 %", "rewritten", "")
    assert flips([row(file="x")], [refuted]) == [], "two files are two claims"
    two = flips([row(), row(id="b")], [row(id="b", verdict="refuted"), refuted])
    assert [f.id for f in two] == ["b", "a"]
    for broken, number in (([row(), {"id": 1}], 2), ({"a": 1}, 1), ([5], 1)):
        with pytest.raises(InputError) as refused:
            flips(broken, [])
        assert str(refused.value) == (
            f"{old}: entry {number} is no verdict of `sme-stats check --format json`: it needs id, "
            "document, verdict, printed"
        )
    old.write_text("{", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        find_flips(old, new)
    assert str(refused.value) == (
        f"{old} is not JSON; write it with `sme-stats check --format json`"
    )  # fmt: skip


def test_flips_as_the_body_of_an_issue():
    flip = Flip("A [d] #5", "a", "5 *%*", "holds", "refuted", "revised", "see @you\n<b>")
    assert to_markdown([flip]) == (
        "1 verdicts flipped\n\n- **5 \\*%\\*** (`a`, A \\[d\\] \\#5): holds → refuted, revised: "
        "see @\u200byou \\<b\\>"
    )
    assert to_markdown([]) == "0 verdicts flipped\n"
