"""The fuzz targets on their own corpus, without the fuzzer; and how often CI runs them."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORPUS = sorted((ROOT / "fuzz" / "corpus").glob("*/*"))


@pytest.fixture(scope="module")
def targets():
    sys.path.insert(0, str(ROOT))
    try:
        import fuzz.targets as targets
    finally:
        sys.path.remove(str(ROOT))
    return targets


@pytest.mark.parametrize("file", CORPUS, ids=[f"{f.parent.name}/{f.name}" for f in CORPUS])
def test_the_corpus_gives_what_the_text_says(file, targets, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    targets.TARGETS[file.parent.name](file.read_bytes())


def test_every_target_has_a_corpus_and_all_together_run_often_enough(targets):
    assert {f.parent.name for f in CORPUS} == set(targets.TARGETS) == set(targets.RUNS)
    assert sum(targets.RUNS.values()) >= 200_000
    assert sum(f.stat().st_size for f in CORPUS) < 100_000


def test_a_wrong_table_is_a_finding(targets, monkeypatch):
    """The comparison itself can fail: a reader that changes one value is found."""
    file = ROOT / "fuzz" / "corpus" / "tsv" / "now"

    def shifted(pieces):
        cells = targets.tsv.parse(pieces)
        cells.value += 1
        return cells

    with pytest.raises(targets.Wrong, match="cells differ"):
        targets._table(file.read_bytes(), shifted, targets.reference.read_tsv)
    with pytest.raises(targets.Wrong, match="strict reader refuses"):
        targets._table(file.read_bytes(), targets.tsv.parse, lambda text: None)


def test_without_the_fuzzer_it_says_so(targets, monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(ROOT))
    import fuzz.__main__ as runner

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert runner.main([]) == 0
    assert "skipped: atheris is not installed" in capsys.readouterr().out
