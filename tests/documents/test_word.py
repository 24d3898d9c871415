"""Word: content controls, comments, and packages that are made to harm."""

import struct
import zipfile

import pytest

from sme_stats.claims.documents import guard
from sme_stats.claims.documents.proposals import propose
from sme_stats.claims.documents.reading import read_document
from sme_stats.claims.documents.word import paragraphs
from sme_stats.errors import ClaimError, InputError

from .conftest import TYPES, W

JOBS = "measure=persons_employed size=SME geo=EU27_2020 year=2023"


def said(path):
    return [(c.printed.text, c.line) for c in read_document(path)]


def test_content_controls_and_comments(docx, tmp_path):
    control = docx.control(f"sme {JOBS}", "5", "8 ", "%")
    short = docx.control("sme measure=enterprises", "33 million", title="sme geo=DE year=2023")
    path = docx(
        tmp_path / "a.docx", "Title", f"SMEs employ {control} & {docx.commented(3, '0.2 %')}",
        f"{short} {docx.control('other', '9')} {docx.commented(4, '7')}",
        comments={3: "sme measure=enterprises size=250+ geo=EU27_2020 year=2023", 4: "smell"},
    )  # fmt: skip
    assert said(path) == [("58 %", 2), ("0.2 %", 2), ("33 million", 3)]
    assert read_document(path)[2].geo == "DE"
    assert paragraphs(path)[1].strip() == "SMEs employ 58 % & 0.2 %"


def test_fields_for_the_whole_document(docx, tmp_path):
    control = docx.control("sme measure=enterprises size=SME", "99.8 %")
    given = {1: "sme-document geo=EU27_2020 year=2023"}
    assert said(docx(tmp_path / "a.docx", control, comments=given)) == [("99.8 %", 1)]
    block = docx.control("sme-document geo=EU27_2020 year=2023", "x")
    assert said(docx(tmp_path / "b.docx", block, control)) == [("99.8 %", 2)]


def test_footnotes_count_and_deleted_or_repeated_text_does_not(docx, tmp_path):
    mark = docx.control(f"sme {JOBS}", "63 %")
    gone = mark.replace("<w:t ", "<w:delText ").replace("</w:t>", "</w:delText>")
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    body = (f'<w:p>{mark.replace("<w:r>", "<w:r><w:delText>58</w:delText>")}</w:p>'
            f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Fallback><w:p>{gone}</w:p></mc:Fallback>'
            "</mc:AlternateContent>")  # fmt: skip
    path = docx(tmp_path / "a.docx", **{
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{W}"><w:p>{mark}</w:p></w:footnotes>',
    })  # fmt: skip
    assert said(path) == [("63 %", 1), ("63 %", 1)]


@pytest.mark.parametrize(("paragraph", "message"), [
    ("{c}", "a.docx:1: 'x' is no key=value pair"), ("{d}", "a.docx:1: a mark holds a number"),
    ("{e}", "range never ends"),
])  # fmt: skip
def test_broken_marks(docx, tmp_path, paragraph, message):
    text = paragraph.format(c=docx.control("sme x", "1"), d=docx.control(f"sme {JOBS}", ""),
                            e=docx.commented(1, "1"))  # fmt: skip
    text = text.replace('commentRangeEnd w:id="1"', 'commentRangeEnd w:id="2"')
    path = docx(tmp_path / "a.docx", text, comments={1: f"sme {JOBS}"})
    with pytest.raises(ClaimError, match=message):
        read_document(path)


# -- made to harm


def doctype(data):
    return data.replace("<w:document", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">'
                        "]><w:document", 1)  # fmt: skip


DOCUMENT = f'<w:document xmlns:w="{W}"><w:body><w:p/></w:body></w:document>'
HARM = {
    "external entity": ({"word/document.xml": doctype(DOCUMENT)}, "declares a document type"),
    "laughs": ({"word/document.xml": '<!DOCTYPE a [<!ENTITY a "' + "x" * 9000 + '">]>' + DOCUMENT},
               "declares a document type"),
    "entity in comments": ({"word/comments.xml": doctype(DOCUMENT)}, "declares a document type"),
    "another encoding": ({"word/document.xml": doctype(DOCUMENT).encode("utf-16")}, "not UTF-8"),
    "not XML": ({"word/document.xml": "<w:document>"}, "not well-formed"),
    "bomb": ({"word/media/x": b"\0" * (100 << 20)}, "zip bomb"),
    "many bombs": ({f"word/media/{n}": b"\0" * (1 << 20) for n in range(140)}, "zip bomb"),
    "many parts": ({f"word/{n}": "" for n in range(guard.MOST_PARTS)}, "parts"),
    "macro": ({"word/vbaProject.bin": b"x"}, "carries macros"),
    "macro type": ({"[Content_Types].xml": TYPES.replace(
        "application/xml", "application/vnd.ms-word.document.macroEnabled.main+xml")}, "macros"),
    "no document": ({"word/document.xml": None}, "no word/document.xml"),
}  # fmt: skip


@pytest.mark.parametrize("harm", list(HARM))
def test_harmful_packages_are_refused_in_a_line(docx, tmp_path, run, harm, not_run_away):
    parts, message = HARM[harm]
    path = docx(tmp_path / "a.docx", "x", **parts)
    with pytest.raises(InputError, match=message):
        read_document(path)
    code, out, err = run("check", path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    with pytest.raises(InputError):
        propose(path)  # what --suggest reads is guarded alike


def test_names_that_say_macros_and_files_that_are_no_package(file, tmp_path, docx):
    for name in ("a.docm", "a.DOTM"):
        with pytest.raises(InputError, match=r"save it as \.docx"):
            read_document(file(name, ""))
    with pytest.raises(InputError, match="not a readable docx"):
        read_document(file("a.docx", "no zip"))
    whole = docx(tmp_path / "b.docx", "x" * 500).read_bytes()
    for data in (whole[:-30], whole.replace(b"PK\3\4", b"PK\3\5"), whole[:60] + whole[70:]):
        (tmp_path / "c.docx").write_bytes(data)
        with pytest.raises(InputError):
            read_document(tmp_path / "c.docx")


def test_encrypted_packages(docx, tmp_path):
    path = docx(tmp_path / "a.docx", "x")
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\1\2")
    flags = struct.unpack_from("<H", data, at + 8)[0]
    struct.pack_into("<H", data, at + 8, flags | 1)
    path.write_bytes(data)
    with pytest.raises(InputError, match="encrypted"):
        read_document(path)


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.ipynb", "a.docx"])
def test_files_of_over_a_hundred_megabytes(tmp_path, run, name):
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(101 << 20)
    code, _, err = run("check", path)
    assert code == 2 and "has 101 MB, more than a document can have" in err


MEGA = 1 << 18
HOSTILE = ["<!--" * (MEGA // 4), "<a " * (MEGA // 3), "<" * MEGA, "</" * (MEGA // 2) + ">",
           "<script>" + "</" * (MEGA // 2) + "></script>", "<![if " * (MEGA // 6) + ">",
           "<script" * (MEGA // 7), "<a b='" * (MEGA // 6) + ">", "&" * MEGA, "`" * MEGA,
           "` `` " * (MEGA // 5), "~~~\n" * (MEGA // 4), "]{" * (MEGA // 2), "[" * MEGA + "]{.sme}",
           "]{.sme a}" * 100_000, "<a/" * (MEGA // 3) + ">", "<?" * (MEGA // 2), "&#" * (MEGA // 2),
           "<!" * (MEGA // 2) + ">", "> " * (MEGA // 2) + "~~", "<a x" + " " * MEGA + "y='",
           "<style></style " * (MEGA // 15)]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:10].replace("\n", " ").strip())
def test_hostile_text_is_read_or_refused(file, text, not_run_away):
    for name in ("a.md", "a.html"):
        path = file(name, "data-sme sme\n" + text)
        try:
            read_document(path)
        except ClaimError as error:
            assert str(error).count("\n") == 0


def test_package_with_lying_sizes(docx, tmp_path):
    path = docx(tmp_path / "a.docx", "x" * 5000)
    with zipfile.ZipFile(path) as package:
        real = package.getinfo("word/document.xml").file_size
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", real), struct.pack("<I", 9)))
    with pytest.raises(InputError):
        read_document(path)
