"""What the documents of the project promise: tests that exist, words, versions, licences."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import sme_stats

ROOT = Path(__file__).resolve().parent.parent
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def decisions():
    text = ARCHITECTURE.split("## Five decisions")[1].split("\n\nDatasets")[0]
    return re.split(r"^\d\. ", text, flags=re.M)[1:]


def test_architecture_is_one_page_with_five_decisions():
    assert len(ARCHITECTURE.splitlines()) <= 75
    assert len(decisions()) == 5
    for decision in decisions():
        assert re.search(r"`tests/\S+\.py::test_\w+`", decision), decision


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/\S+?::\w+)`", ARCHITECTURE))))
def test_a_test_named_in_architecture_exists(named):
    file, _, function = named.partition("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    assert re.search(rf"^def {function}\(", text, re.M)


def test_every_layer_of_the_contract_is_described():
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = tool["importlinter"]["contracts"][0]["layers"]
    names = {name for layer in layers for name in layer.split(" | ")} - {"__main__"}
    missing = {name for name in names if f"`{name}`" not in ARCHITECTURE}
    assert missing <= {"pytest_plugin"}


def test_the_version_is_the_same_everywhere():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert PROJECT["version"] == sme_stats.__version__
    assert f"\nversion: {sme_stats.__version__}\n" in citation
    assert f"## {sme_stats.__version__} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_licence_is_the_same_everywhere():
    assert PROJECT["license"] == "Apache-2.0"
    assert "license: Apache-2.0\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_every_indicator_and_what_the_contract_promises_is_public():
    from sme_stats.indicators.registry import COMPARISONS, INDICATORS

    functions = {i.function.__name__ for i in {**INDICATORS, **COMPARISONS}.values()}
    promised = {
        "load", "read", "datasets", "labels", "bounds", "audit", "Claim", "read_claims", "check",
        "reconcile", "plotting", "register", "SmeStatsError",
    }  # fmt: skip
    assert functions | promised <= set(sme_stats.__all__)
    for name in sme_stats.__all__:
        assert getattr(sme_stats, name) is not None


def test_verdicts_and_flags_are_in_the_glossary():
    from sme_stats.flags import OBS_FLAG

    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| OBS_FLAG \|.*$", glossary, re.M)
    assert all(re.search(rf"\b{letter} \w", row) for letter in OBS_FLAG)
    for verdict in ("holds", "refuted", "undecided", "unavailable"):
        assert verdict in glossary


@pytest.mark.parametrize("page", sorted(p.name for p in ROOT.glob("*.md")))
def test_links_between_the_documents_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.S)
    for link in re.findall(r"\]\((?!http|#)([^)#]+)", text):
        assert (ROOT / link).exists(), link
