"""Suggestions: precision and recall on labelled sentences, and the text of each format."""

import json
import re
import sys

import pytest

from sme_stats.claims.documents.marks import parse_fields
from sme_stats.claims.documents.proposals import propose
from sme_stats.claims.documents.suggest import Suggestion, suggest

from .labelled import FIRST, SECOND, THIRD

FORM = ("measure", "size", "geo")


def counts(sentences, *, fields):
    """True positives, proposals, labels; a proposal counts by its number, or with all fields."""
    right = proposed = wanted = 0
    for sentence, labels in sentences:
        found = [(s.printed, *(s.fields[k] for k in FORM)) for s in suggest(sentence)]
        cut = slice(None) if fields else slice(1)
        right += len({f[cut] for f in found} & {label[cut] for label in labels})
        proposed, wanted = proposed + len(found), wanted + len(labels)
    return right, proposed, wanted


@pytest.mark.parametrize(
    ("name", "sentences", "fields", "precision", "recall"),
    [("in sight", FIRST + SECOND, False, 0.95, 0.95),
     ("in sight", FIRST + SECOND, True, 0.95, 0.95),
     ("held out", THIRD, False, 0.8, 0.8), ("held out", THIRD, True, 0.8, 0.8)],
)  # fmt: skip
def test_precision_and_recall(name, sentences, fields, precision, recall, capsys):
    right, proposed, wanted = counts(sentences, fields=fields)
    with capsys.disabled():
        what = "numbers with all fields" if fields else "numbers"
        sys.stdout.write(
            f"\nsuggest, {name} sentences, {what}: precision {right}/{proposed} = "
            f"{right / proposed:.2f}, recall {right}/{wanted} = {right / wanted:.2f}\n"
        )
    assert right / proposed >= precision
    assert right / wanted >= recall


def test_there_are_enough_sentences_of_both_kinds():
    every = FIRST + SECOND + THIRD
    assert len(every) >= 80
    assert min(sum(bool(labels) for _, labels in every), sum(not x for _, x in every)) >= 30


@pytest.mark.parametrize("kind", ["markdown", "html", "word"])
def test_a_proposal_reads_back_as_its_fields(kind):
    fields = {"measure": "enterprises", "size": "SME", "geo": "DE", "year": "2023"}
    mark = Suggestion(1, "", "99 %", fields).mark(kind)
    inner = re.search(r"measure=[^\"}]*", mark)[0]
    assert parse_fields(inner, "here") == fields


TEXT = "SMEs employ 63 % of workers in Germany."


def test_markdown_leaves_out_what_is_marked_code_links_and_headings(tmp_path):
    mark = "{.sme measure=persons_employed size=SME geo=DE year=2023}"
    report = tmp_path / "report.md"
    report.write_text(
        f"---\ntitle: {TEXT}\n---\n# {TEXT}\n\n```\n{TEXT}\n```\n"
        f"<!-- {TEXT} -->\n\nSMEs employ [63 %]{mark} of workers.\n\n**{TEXT}**\n",
        encoding="utf-8",
    )
    assert [(s.line, s.printed) for s in propose(report)] == [(13, "63 %")]


def test_html_leaves_out_scripts_and_ends_sentences_at_blocks(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        f"<script>var t = '{TEXT}'</script>\n<p>Banks lend</p><p>SMEs employ <b>63&nbsp;%</b> of"
        " workers in Germany</p>\n<p>Expected</p>", encoding="utf-8",
    )  # fmt: skip
    assert [(s.line, s.fields["geo"]) for s in propose(page)] == [(2, "DE")]


def test_notebook_proposes_from_markdown_cells_only(tmp_path):
    book = tmp_path / "book.ipynb"
    cells = [{"cell_type": "code", "source": [f"# {TEXT}"]},
             {"cell_type": "markdown", "source": ["Text\n", "\n", TEXT]}]  # fmt: skip
    book.write_text(json.dumps({"cells": cells, "nbformat": 4}, indent=1), encoding="utf-8")
    assert [s.printed for s in propose(book)] == ["63 %"]


def test_word_proposes_by_paragraph_without_what_is_marked(tmp_path, docx):
    control = docx.control("sme measure=persons_employed size=SME geo=DE year=2023", "63 %")
    path = docx(tmp_path / "report.docx", "Title", f"SMEs employ {control} of workers.", TEXT)
    assert [(s.line, s.printed) for s in propose(path)] == [(3, "63 %")]
