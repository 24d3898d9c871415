"""The table of ratios: targets, what is kept, what became worse; not the times themselves."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def bench(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT))
    module = importlib.import_module("benchmarks.__main__")
    monkeypatch.setattr(module, "KEPT", tmp_path / "kept.toml")
    return module


def rows(value, better="lower", target=2.0):
    return [{"name": "a / b, time", "value": value, "target": target, "better": better}]


@pytest.fixture
def measured(bench, monkeypatch):
    def put(value, **more):
        fake = SimpleNamespace(ratios=lambda: rows(value, **more))
        monkeypatch.setitem(sys.modules, "benchmarks.fake", fake)
        return bench.main(["fake"])

    return put


@pytest.mark.parametrize(
    ("value", "better", "before", "said"),
    [
        (1.2, "lower", 1.0, ""), (1.4, "lower", 1.0, "40% worse"), (0.5, "lower", 1.0, ""),
        (10, "higher", 12, ""), (9, "higher", 12, "25% worse"), (20, "higher", 12, ""),
        (0.15, "lower", 0.01, ""), (1.0, "lower", -0.5, "worse"), (-0.4, "lower", -0.5, ""),
    ],
)  # fmt: skip
def test_a_third_worse_is_shown_and_noise_is_not(bench, value, better, before, said):
    line, fine = bench.judge(rows(value, better)[0], {"a / b, time": before})
    assert ("worse" in line) == bool(said)
    assert said in line and f"{before:.2f}" in line
    assert fine == (value <= 2 if better == "lower" else value >= 2)


def test_a_missed_target_ends_in_1(bench, measured, capsys):
    assert measured(2.5) == 1
    assert "misses" in capsys.readouterr().out
    assert measured(2.0) == 0
    assert measured(2.0, better="higher", target=2.5) == 1


def test_what_is_kept_is_read_again_and_others_stay(bench, measured, capsys):
    bench.write_kept({"other": 3.0})
    measured(1.25)
    assert bench.main(["fake", "--keep"]) == 0
    assert bench.read_kept() == {"a / b, time": 1.25, "other": 3.0}
    assert measured(1.9) == 0
    assert "52% worse than kept" in capsys.readouterr().out


def test_a_benchmark_that_fails_is_a_row_and_the_others_run(bench, monkeypatch, capsys):
    fake = SimpleNamespace(ratios=lambda: 1 / 0)
    monkeypatch.setitem(sys.modules, "benchmarks.broken", fake)
    monkeypatch.setitem(sys.modules, "benchmarks.fake", SimpleNamespace(ratios=lambda: rows(1.0)))
    assert bench.main(["broken", "fake"]) == 1
    out = capsys.readouterr().out
    assert "broken: could not be measured" in out and "a / b, time" in out


def test_every_benchmark_is_found(bench):
    names = {p.stem for p in (ROOT / "benchmarks").glob("[a-z]*.py")}
    assert {"analysis", "claims", "figures", "loading", "main_job"} <= set(bench.found()) <= names


def test_what_is_kept_in_the_repository_belongs_to_a_benchmark():
    file = ROOT / "benchmarks" / "kept.toml"
    if not file.exists():
        pytest.skip("nothing is kept yet: python -m benchmarks --keep on a quiet machine")
    import tomllib

    kept = tomllib.loads(file.read_text(encoding="utf-8"))["ratios"]
    assert kept and all(isinstance(v, float | int) for v in kept.values())
