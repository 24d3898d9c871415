"""Sentences of the pages: the same keys and parts in every language, and no code without words."""

import re
from pathlib import Path

import pytest

from sme_stats.errors import UnknownNameError
from sme_stats.report.texts import text, texts

TEMPLATES = Path(texts.__wrapped__.__code__.co_filename).parent / "templates"
VIEW = ("view_verdict", "view_distance")
PARTS = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("lang", ["fr", "de"])
def test_keys_and_parts_are_the_same(lang):
    english, other = texts("en"), texts(lang)
    assert english.keys() == other.keys()
    optional = {"place"}  # a sentence may say "this country" instead
    for key, sentence in english.items():
        needed, has = set(PARTS.findall(sentence)), set(PARTS.findall(other[key]))
        assert has <= needed, key
        assert needed - has <= optional, key


@pytest.mark.parametrize("lang", ["fr", "de"])
def test_sentences_are_translated(lang):
    same = {k for k, v in texts("en").items() if v == texts(lang)[k]}
    # Words that the languages share.
    assert same <= {"column_source", "column_conf", "alt_of", "lead_union", *VIEW}


def test_every_sentence_of_a_template_exists_and_is_used():
    used = set()
    for path in TEMPLATES.glob("*.html"):
        used |= set(re.findall(r"\bt\(['\"](\w+)['\"]", path.read_text("utf-8")))
    assert used <= texts("en").keys()
    code = " ".join(p.read_text("utf-8") for p in TEMPLATES.parent.glob("*.py"))
    quoted = set(
        re.findall(r"[\"'](\w+)[\"']", code + TEMPLATES.joinpath("country.html").read_text())
    )
    unused = texts("en").keys() - used - quoted
    assert {k for k in unused if not k.startswith("column_")} == set()


def test_an_unknown_language_is_named():
    with pytest.raises(UnknownNameError, match="'it'"):
        text("it", "age", n=3)
