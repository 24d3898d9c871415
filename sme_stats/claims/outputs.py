"""Verdicts for machines and for reading: JUnit, GitHub annotations, Markdown."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sme_stats.claims.verdicts import Verdict

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def records(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Records of ``check --format json``, with the file and line of each claim."""
    return [
        v.record() | {"file": v.claim.document.path, "line": v.claim.line or None} for v in verdicts
    ]


def place(verdict: Verdict) -> str:
    """File and line of a claim.

    Examples
    --------
    >>> from sme_stats.claims.files import read_claims
    >>> from sme_stats.claims.verdicts import check
    >>> from sme_stats.places import data_dir
    >>> path = data_dir() / "claims" / "press-2023.toml"
    >>> place(check(read_claims(path))[0]) == f"{path}:6"
    True
    """
    claim = verdict.claim
    return claim.document.path + (f":{claim.line}" if claim.line else "")


def say_verdict(verdict: Verdict) -> str:
    """One line: what is printed, the verdict, the one expected if it is another, the data."""
    claim = verdict.claim
    expected = "" if verdict.as_expected else f", expected {claim.expect}"
    return f"{claim.printed.text} ({claim.id}): {verdict.verdict}{expected}: {verdict.note}"


def junit(verdicts: Sequence[Verdict]) -> str:
    """JUnit XML: a test suite for each document, a test case for each claim.

    A claim whose verdict is not the expected one is a failure; what the data cannot decide, and
    was expected so, is a test that passed.
    """
    from xml.etree import ElementTree as Xml

    suites = Xml.Element("testsuites", {"name": "sme-stats check"} | _counts(verdicts))
    for path in dict.fromkeys(v.claim.document.path for v in verdicts):
        of_path = [v for v in verdicts if v.claim.document.path == path]
        suite = Xml.SubElement(suites, "testsuite", {"name": _xml(path)} | _counts(of_path))
        for verdict in of_path:
            _case(suite, verdict)
    Xml.indent(suites)
    out = io.BytesIO()
    Xml.ElementTree(suites).write(out, encoding="utf-8", xml_declaration=True)
    return out.getvalue().decode()


def _counts(verdicts: Sequence[Verdict]) -> dict[str, str]:
    failures = sum(not v.as_expected for v in verdicts)
    counts = {"tests": len(verdicts), "failures": failures, "errors": 0}
    return {name: str(n) for name, n in counts.items()} | {"time": "0"}


def _case(suite: Element, verdict: Verdict) -> None:
    from xml.etree import ElementTree as Xml

    claim = verdict.claim
    case = Xml.SubElement(
        suite, "testcase", name=_xml(claim.id), classname=_xml(claim.document.path), time="0"
    )  # fmt: skip
    text = _xml(f"{place(verdict)}: {say_verdict(verdict)}")
    if not verdict.as_expected:
        failure = Xml.SubElement(
            case, "failure", type=verdict.verdict,
            message=_xml(f"{claim.printed.text}: {verdict.verdict}, expected {claim.expect}"),
        )  # fmt: skip
        failure.text = text
    Xml.SubElement(case, "system-out").text = text


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def github(verdicts: Sequence[Verdict]) -> str:
    """Annotations of GitHub Actions: an error for each verdict that is not the expected one.

    Verdicts that rest on provisional cells are notices: they may change without anybody's fault.
    """
    lines = []
    for verdict in verdicts:
        claim, found = verdict.claim, verdict.evidence
        where = f"file={_property(claim.document.path)}"
        where += f",line={claim.line}" if claim.line else ""
        if not verdict.as_expected:
            title = f"{claim.printed.text}: {verdict.verdict}, expected {claim.expect}"
            lines.append(
                f"::error {where},title={_property(title)}::{_message(say_verdict(verdict))}"
            )
        elif found and "p" in found.flag:
            title = _property(f"{claim.printed.text}: {verdict.verdict}, provisional")
            lines.append(f"::notice {where},title={title}::{_message(say_verdict(verdict))}")
    return "\n".join([*lines, summary_line(verdicts)])


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def markdown(verdicts: Sequence[Verdict]) -> str:
    """Summary for a job's page: what is not as expected first, then every verdict."""
    wrong = [v for v in verdicts if not v.as_expected]
    lines = ["## Printed numbers", "", summary_line(verdicts), ""]
    if wrong:
        lines += ["### Not as expected", "", *_table(wrong), ""]
    if verdicts:
        lines += ["<details><summary>All claims</summary>", "", *_table(verdicts), "", "</details>"]
    return "\n".join(lines)


def _table(verdicts: Sequence[Verdict]) -> list[str]:
    head = ["where", "printed", "verdict", "expected", "what the data say"]
    rows = [
        [place(v), v.claim.printed.text, v.verdict, v.claim.expect, v.note] for v in verdicts
    ]  # fmt: skip
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    """Table row; what a document prints cannot open a tag, a link or another cell."""
    escaped = [re.sub(r"([\\|<>\[\]`*_])", r"\\\1", " ".join(c.split())) for c in cells]
    return "| " + " | ".join(c if set(c) != {"-"} else "---" for c in escaped) + " |"


def summary_line(verdicts: Sequence[Verdict]) -> str:
    """Counts in one line."""
    counts = Counter(v.verdict for v in verdicts)
    parts = ", ".join(f"{n} {name}" for name, n in counts.items())
    more = {"revised": sum(v.standing == "revised" for v in verdicts),
            "provisional": sum(v.provisional for v in verdicts)}  # fmt: skip
    aside = "".join(f"; {n} {name}" for name, n in more.items() if n)
    wrong = sum(not v.as_expected for v in verdicts)
    return f"{len(verdicts)} claims{': ' if parts else ''}{parts}{aside}; {wrong} not as expected"
