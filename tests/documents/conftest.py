"""Small Word packages, and files of the formats that are text."""

from __future__ import annotations

import re
import shlex
import signal
import zipfile
from html import escape

import pytest

from sme_stats.cli import main

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="xml" ContentType="application/xml"/></Types>')  # fmt: skip


class Docx:
    """Writes a package of paragraphs; what is markup already stays markup."""

    @staticmethod
    def control(tag, *runs, title=""):
        alias = f'<w:alias w:val="{escape(title)}"/>' if title else ""
        body = "".join(Docx.run(run) for run in runs)
        return (f'<w:sdt><w:sdtPr><w:tag w:val="{escape(tag)}"/>{alias}</w:sdtPr>'
                f"<w:sdtContent>{body}</w:sdtContent></w:sdt>")  # fmt: skip

    @staticmethod
    def commented(number, text):
        return (f'<w:commentRangeStart w:id="{number}"/>{Docx.run(text)}'
                f'<w:commentRangeEnd w:id="{number}"/>')  # fmt: skip

    @staticmethod
    def run(text):
        return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'

    @staticmethod
    def paragraph(text):
        parts = re.split(r"(<w:sdt>.*?</w:sdt>|<w:commentRangeStart.*?<w:commentRangeEnd[^>]*>)",
                         text)  # fmt: skip
        runs = (p if p.startswith("<w:") else Docx.run(p) for p in parts if p)
        return f"<w:p>{''.join(runs)}</w:p>"

    def __call__(self, path, *paragraphs, comments=None, **parts):
        body = "".join(self.paragraph(p) for p in paragraphs)
        contents = {
            "[Content_Types].xml": TYPES,
            "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        }
        if comments:
            inner = "".join(f'<w:comment w:id="{n}">{self.paragraph(t)}</w:comment>'
                            for n, t in comments.items())  # fmt: skip
            contents["word/comments.xml"] = f'<w:comments xmlns:w="{W}">{inner}</w:comments>'
        contents |= parts
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in contents.items():
                if content is not None:
                    package.writestr(name, content)
        return path


@pytest.fixture
def not_run_away():
    """Stops a test that computes without end: a guard, not a measure; those are in benchmarks."""

    def stop(*_):
        raise AssertionError("it ran away: twenty seconds of computing")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 20)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


@pytest.fixture
def docx():
    """Builder of Word packages."""
    return Docx()


@pytest.fixture
def run(capsys, home):
    """Type a command; give its exit code, output and error."""

    def typed(line, *more):
        with pytest.raises(SystemExit) as end:
            main([*shlex.split(line), *map(str, more)])
        out, err = capsys.readouterr()
        return end.value.code, out, err

    return typed


@pytest.fixture
def file(tmp_path):
    """Write a text file exactly as given."""

    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text.encode("utf-8"))
        return path

    return write
