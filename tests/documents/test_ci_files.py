"""The action, the hooks and the documented workflow and marks: their own lines, run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sme_stats.claims.documents.reading import read_document
from sme_stats.claims.verdicts import check

ROOT = Path(__file__).resolve().parents[2]
BASH = shutil.which("bash")
JOBS = "measure=persons_employed size=SME geo=EU27_2020 year=2023"

needs_bash = pytest.mark.skipif(BASH is None, reason="the scripts are of bash")


def script(path, step):
    """Lines of a step's ``run: |``, without their indent."""
    text = (ROOT / path).read_text(encoding="utf-8")
    block = text.partition(f"- name: {step}")[2].partition("run: |\n")[2]
    indent = re.match(r" *", block)[0]
    lines = []
    for line in block.splitlines():
        if line.strip() and not line.startswith(indent):
            break
        lines.append(line.removeprefix(indent))
    return "\n".join(lines)


def bash(text, folder, **env):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", text], cwd=folder, check=False,
        env=os.environ | {"PATH": path} | env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@needs_bash
def test_the_action_annotates_summarises_and_fails(tmp_path):
    (tmp_path / "a b.md").write_text(f"[58 %]{{.sme {JOBS}}}", encoding="utf-8")
    summary = tmp_path / "summary.md"
    env = {"FILES": "a b.md\n$(touch evil)\n", "JUNIT": "", "JSON": "",
           "GITHUB_STEP_SUMMARY": str(summary)}  # fmt: skip
    step = script("action.yml", "Check")
    code, _, err = bash(step, tmp_path, **env)
    assert code == 2 and "cannot read $(touch evil)" in err and not (tmp_path / "evil").exists()
    env |= {"FILES": "a b.md\n", "JUNIT": "out.xml", "JSON": "out.json"}
    code, out, _ = bash(step, tmp_path, **env)
    assert code == 1 and out.startswith("::error file=a b.md,line=1,")
    assert "Not as expected" in summary.read_text(encoding="utf-8")
    assert "<testsuites" in (tmp_path / "out.xml").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))[0]["line"] == 1


@needs_bash
def test_the_action_checks_the_vintages_that_it_is_given(tmp_path):
    (tmp_path / "a.md").write_text(
        "[53 thousand]{.sme measure=enterprises size=250+ geo=EU27_2020 year=2023 statistic=level}"
    )
    env = {"FILES": "a.md\n", "JUNIT": "", "JSON": "", "GITHUB_STEP_SUMMARY": str(tmp_path / "s")}
    step = script("action.yml", "Check")
    assert bash(step, tmp_path, **env)[0] == 1, "the table has 54,256 today"
    code, out, _ = bash(step, tmp_path, VINTAGE="2024-12\n", SOURCE="snapshot", **env)
    assert code == 0 and "1 claims: 1 holds; 1 provisional; 0 not as expected" in out
    code, out, _ = bash(step, tmp_path, AGAINST="2024-12\n", **env)
    assert code == 1 and "revised: it held by the vintage 2024-12" in out
    assert bash(step, tmp_path, LOCK="none.lock", **env)[0] == 2


@pytest.fixture
def eurostat(tmp_path, monkeypatch):
    """Eurostat on loopback, with the two tables that the night's claims are about."""
    sys.path.insert(0, str(ROOT / "tests" / "sources"))
    try:
        from fake_eurostat import Fake, Table, serve
    finally:
        sys.path.pop(0)
    bd = b"freq,age,sizeclas,indic_sbs,nace_r2,geo\\TIME_PERIOD\t2023 \n"
    bd += b"A,TOTAL,TOTAL,ENT_NR,B-S_X_O_S94,AT\t1000 \nA,TOTAL,0,ENT_NR,B-S_X_O_S94,AT\t600 \n"
    served = Fake(tables={"sbs_sc_ovw": Table(), "bd_size": Table(bd)})
    server = serve(served)
    monkeypatch.setenv("SME_STATS_BASE_URL", served.url)
    monkeypatch.setenv("SME_STATS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("SME_STATS_OFFLINE", raising=False)
    yield served
    server.shutdown()
    server.server_close()


@needs_bash
def test_the_documented_night_compares_with_the_last_run(tmp_path, eurostat):
    step = script("docs/ci.md", "Check, and compare with the last run")
    (tmp_path / "report.md").write_text(f"[63 %]{{.sme {JOBS}}}", encoding="utf-8")
    (tmp_path / "claims").mkdir()
    press = ROOT / "data" / "claims" / "press-2023.toml"
    shutil.copy(press, tmp_path / "claims")
    output = tmp_path / "output"
    assert bash(step, tmp_path, GITHUB_OUTPUT=str(output))[0] == 0
    assert output.read_text(encoding="utf-8") == "flipped=0\n", "the first night has no last run"
    assert {"bd_size", "sbs_sc_ovw"} <= {p.name for p in (tmp_path / "cache" / "tables").iterdir()}
    rows = json.loads((tmp_path / "new.json").read_text(encoding="utf-8"))
    rows[0]["verdict"] = "undecided"
    (tmp_path / "verdicts.json").write_text(json.dumps(rows), encoding="utf-8")
    fake = 'git() { if [ "$1" = show ]; then cat verdicts.json; fi; }\n'
    assert bash(fake + step, tmp_path, GITHUB_OUTPUT=str(output))[0] == 0
    assert output.read_text(encoding="utf-8").endswith("flipped=1\n")
    assert "undecided → holds" in (tmp_path / "flips.md").read_text(encoding="utf-8")


def test_documented_marks_are_marks(file):
    text = (ROOT / "docs" / "documents.md").read_text(encoding="utf-8")
    marks = [m for m in re.findall(r"^\| [^|]*\| `([^`]*)` \|$", text, re.MULTILINE) if "58" in m]
    assert len(marks) == 3
    for number, mark in enumerate(marks):
        (claim,) = read_document(file(f"{number}.md", mark))
        assert check(claim)[0].verdict == "refuted"
    assert read_document(ROOT / "docs" / "documents.md") == [], "examples stand in code"


def test_hooks_call_commands_with_options_that_there_are(run):
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"entry: sme-stats (\w+)(.*)", hooks)
    assert [name for name, _ in entries] == ["check", "update"]
    for name, options in entries:
        usage = run(f"{name} --help")[1]
        assert all(option in usage for option in options.split())
