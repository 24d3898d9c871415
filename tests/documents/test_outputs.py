"""What check writes: JUnit, GitHub annotations, Markdown, chains; flips; the pytest plugin."""

import dataclasses
import json
import re
import runpy
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from sme_stats.claims import outputs
from sme_stats.claims.documents.chain import explain
from sme_stats.claims.documents.flips import find_flips
from sme_stats.claims.documents.reading import read_document
from sme_stats.claims.files import read_claims
from sme_stats.claims.space import embedded
from sme_stats.claims.verdicts import check
from sme_stats.errors import InputError
from sme_stats.places import data_dir

from .. import processes

CLAIMS = data_dir() / "claims"
PRESS = CLAIMS / "press-2023.toml"
JOBS = "measure=persons_employed size=SME geo=EU27_2020 year=2023"
STALE = f"a\n\nSMEs [58 %]{{.sme id=jobs {JOBS}}} and [63 %]{{.sme id=ok {JOBS}}}.\n"


@pytest.fixture(scope="module")
def space():
    return embedded()


@pytest.fixture
def stale(file):
    return file("a,b:c.md", STALE)


@pytest.fixture
def wild(space):
    """A verdict whose every text is made to break out of its format."""
    (verdict,) = check(read_claims(PRESS)[:1], space)
    text = "a\x00\x1b]]>&<b>|`[x](y)\r\n::error::%0A,:é"
    document = dataclasses.replace(verdict.claim.document, path=text, title=text)
    claim = dataclasses.replace(verdict.claim, id=text, document=document, expect="holds")
    return dataclasses.replace(verdict, claim=claim, note=text)


def test_junit_has_one_case_a_claim(run, stale):
    code, out, _ = run("check --format junit", stale, PRESS)
    root = ElementTree.fromstring(out)
    cases = root.findall("testsuite/testcase")
    assert code == 1 and root.tag == "testsuites"
    assert [c.get("name") for c in cases[:2]] == ["jobs", "ok"] and len(cases) == 2 + 5
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("7", "1", "0")
    assert [s.get("tests") for s in root] == ["2", "5"]
    failures = root.findall("testsuite/testcase/failure")
    assert [f.get("type") for f in failures] == ["refuted"]
    assert f"{stale}:3: 58 % (jobs): refuted, expected holds: share of SMEs" in failures[0].text


def test_junit_follows_the_schema_that_its_readers_share(wild):
    root = ElementTree.fromstring(outputs.junit([wild]))
    allowed = {
        "testsuites": {"name", "tests", "failures", "errors", "time"},
        "testsuite": {"name", "tests", "failures", "errors", "time"},
        "testcase": {"name", "classname", "time"}, "failure": {"type", "message"},
        "system-out": set(),
    }  # fmt: skip
    assert {e.tag for e in root.iter()} == set(allowed)
    assert all(set(e.keys()) <= allowed[e.tag] for e in root.iter())
    assert "\N{REPLACEMENT CHARACTER}" in root.find("testsuite").get("name")


def test_github_annotates_what_is_not_as_expected(run, stale):
    code, out, _ = run("check --format github", stale)
    (line, last) = out.splitlines()
    assert code == 1 and last == "2 claims: 1 refuted, 1 holds; 1 not as expected"
    name = str(stale).replace(",", "%2C").replace(":", "%3A")
    assert line.startswith(
        f"::error file={name},line=3,title=58 %25%3A refuted%2C expected holds::"
    )
    assert "63.00 %25" in line


def test_github_escapes_and_notes_provisional_cells(wild):
    lines = outputs.github([wild]).splitlines()
    assert len(lines) == 2, "no text of a claim begins a line, where a command would"
    assert re.match(r"::error file=[^:,]*%2C%3Aé,line=\d+,title=[^:,]*::", lines[0])
    evidence = dataclasses.replace(wild.evidence, flag="p")
    claim = dataclasses.replace(wild.claim, expect="refuted")
    fine = dataclasses.replace(wild, evidence=evidence, claim=claim)
    assert outputs.github([fine]).startswith("::notice ")


def test_markdown_summary_names_failures_first_and_escapes(run, stale, wild):
    code, out, _ = run("check --format markdown", stale)
    assert code == 1 and out.index("### Not as expected") < out.index("<details>")
    assert out.count("58 %") == 2 and out.count("| 63 %") == 1
    rows = [r for r in outputs.markdown([wild]).splitlines() if r.startswith("| a")]
    assert rows and all(len(re.findall(r"(?<!\\)\|", row)) == 6 for row in rows)
    assert not any(re.search(r"(?<!\\)[<`\[]", row) for row in rows)
    assert "Not as expected" not in outputs.markdown([])


def test_json_and_csv_say_file_and_line(run, stale):
    rows = json.loads(run("check --format json", stale)[1])
    assert [(r["file"], r["line"], r["id"]) for r in rows] == [(str(stale), 3, "jobs"),
                                                               (str(stale), 3, "ok")]  # fmt: skip
    assert run("check --format csv", stale)[1].splitlines()[0].endswith(",file,line")


def test_text_says_where_and_what_is_not_marked(run, stale, file):
    code, out, _ = run("check", stale, file("plain.md", "nothing"))
    assert code == 1 and f"refuted     {stale}:3: 58 %  (jobs)   EXPECTED HOLDS" in out
    assert "plain.md has no marked number" in out
    assert run("check", file("none.md", "nothing"))[0] == 0


def test_suggestions_as_text_and_json(run, file):
    path = file("a.md", "In 2023 SMEs employed 63 % of workers in Germany.\n")
    code, out, _ = run("check --suggest", path)
    assert code == 0 and f"{path}:1: In 2023" in out and "[63 %]{.sme measure=persons_" in out
    (row,) = json.loads(run("check --suggest --format json", path)[1])
    assert (row["geo"], row["year"], row["line"]) == ("DE", "2023", 1)
    assert run("check --suggest --format junit", path)[0] == 2


# -- explain


def test_explain_prints_the_whole_chain(run):
    code, out, _ = run("check --explain large", PRESS)
    assert code == 0
    for part in ("[0.05, 0.15) rounded: refuted", "[0.1, 0.2) truncated: holds",
                 "source:     sbs_sc_ovw, vintage 2026-03-10; B-S_X_O_S94, EU27_2020 2023",
                 "cell:       enterprises GE250: 54,256", "cell:       enterprises TOTAL: 33,065,5",
                 "formula:    part ÷ TOTAL", "data:       0.164 %",
                 "verdict:    refuted, as expected", "nearest 1:", "changed: reading"):  # fmt: skip
        assert part in out
    code, _, err = run("check --explain larg", PRESS)
    assert code == 2 and "did you mean large" in err


@pytest.mark.parametrize(("mark", "parts"), [
    ("[58 %]{.sme measure=persons_employed size=SME geo=PT year=2021}",
     ("rests on withheld cells", "persons_employed GE250: withheld")),
    ("[5.0]{.sme measure=average_size geo=DE year=2023}",
     ("persons_employed TOTAL", "enterprises TOTAL", "persons employed ÷ enterprises")),
    ("[5]{.sme measure=enterprises size=SME geo=XK year=2023}", ("have no level", "nearest")),
    ("[5 %]{.sme measure=enterprises size=10-49 geo=DE year=2023}",
     ("enterprises 10-19:", "enterprises 20-49:")),
    ("[99999 %]{.sme measure=enterprises size=SME geo=DE year=2023}", ("no definition",)),
    ("[58 %]{.sme measure=persons_employed size=SME geo=EU27_2020 year=2023 why=so quote=x}", ()),
])  # fmt: skip
def test_explain_names_the_cells_used(file, space, mark, parts):
    path = file("a.md", mark.replace(" quote=x", ""))
    (verdict,) = check(read_document(path), space)
    text = explain(verdict, space)
    assert all(part in text for part in parts)
    assert ("why:        so" in text) == ("why=so" in mark)


def test_every_published_claim_can_be_explained_with_a_cell_or_a_reason(space):
    from sme_stats.claims.documents.chain import _cells

    for verdict in check(read_claims(CLAIMS), space):
        if verdict.evidence is None:
            assert verdict.note, verdict.claim.id
        else:
            cells = _cells(verdict.evidence, space)
            assert cells, verdict.claim.id
            assert {cell.vintage for cell in cells} == {verdict.evidence.vintage}


# -- flips


def test_flips_between_two_runs(run, file, tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    rows = json.loads(run("check --format json", PRESS)[1])
    old.write_text(json.dumps(rows), encoding="utf-8")
    assert run("flips", old, old) == (0, "0 verdicts flipped\n", "")
    rows[0] |= {"verdict": "holds", "note": "@all <b> see #1"}
    rows[1] |= {"verdict": "holds", "printed": "33 million"}
    new.write_text(json.dumps([*rows, rows[0] | {"id": "added"}]), encoding="utf-8")
    code, out, _ = run("flips", old, new)
    assert code == 1 and "58% (employment-share): refuted → holds, revised: @all" in out
    assert "rewritten" in out and out.endswith("2 verdicts flipped\n")
    assert [r["why"] for r in json.loads(run("flips --format json", old, new)[1])] == [
        "revised", "rewritten"]  # fmt: skip
    body = run("flips --format markdown", old, new)[1]
    assert body.startswith("2 verdicts flipped\n\n- **58%**") and "@all" not in body
    assert "<b>" not in body.replace("\\<b\\>", "") and "#1" not in body.replace("\\#1", "")


@pytest.mark.parametrize("text", ["x", "{}", "[1]", '[{"id": 1}]', "[" * 100_000])
def test_flips_of_what_is_no_output(file, text):
    path = file("a.json", text)
    with pytest.raises(InputError, match="check --format json"):
        find_flips(path, path)


# -- the plugin


def pytest_in(folder, *words):
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *map(str, words)]
    done = processes.run(command, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def test_plugin_makes_a_test_of_every_claim(stale, tmp_path):
    code, out = pytest_in(tmp_path, "--sme-claims", stale, "--sme-claims", PRESS, "-k", "ok or job")
    assert code == 1 and "1 failed, 2 passed, 4 deselected" in out
    assert f"{stale}:3: 58 % (jobs): refuted, expected holds" in out and "Traceback" not in out


def test_plugin_takes_the_vintages_that_check_takes(file, tmp_path):
    fields = "measure=enterprises size=250+ geo=EU27_2020 year=2023 statistic=level"
    report = file("v.md", f"[53 thousand]{{.sme #big {fields}}}")
    assert pytest_in(tmp_path, "--sme-claims", report)[0] == 1
    code, out = pytest_in(tmp_path, "--sme-claims", report, "--sme-vintage", "2024-12")
    assert code == 0 and "1 passed" in out
    code, out = pytest_in(tmp_path, "--sme-claims", report, "--sme-lock", "none.lock")
    assert code == 4 and "cannot read the lock file" in out and "Traceback" not in out


def test_plugin_says_what_is_wrong_with_a_file(tmp_path):
    code, out = pytest_in(tmp_path, "--sme-claims", "none.toml")
    assert code == 4 and "--sme-claims none.toml: cannot read none.toml" in out
    assert "Traceback" not in out


def test_plugin_imports_nothing_before_it_is_asked(tmp_path):
    code = ("import sys, sme_stats.pytest_plugin\n"
            "print(sorted(m for m in sys.modules if m in ('pandas', 'numpy', 'click') "
            "or m.startswith('sme_stats.')))")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['sme_stats.pytest_plugin']"


def test_plugin_in_this_process(stale, request):
    from sme_stats import pytest_plugin as plugin

    # Loaded before coverage begins to count: its definitions are run once more.
    assert runpy.run_path(plugin.__file__)["ClaimItem"].__name__ == "ClaimItem"

    class Config:
        def getoption(self, name):
            return {"--sme-claims": [str(stale)], "--sme-source": "auto"}.get(name, [])

    items = []
    plugin.pytest_collection_modifyitems(request.session, Config(), items)
    assert [item.name for item in items] == ["jobs", "ok"]
    items[1].runtest()
    with pytest.raises(plugin.ClaimFailed) as failed:
        items[0].runtest()
    assert items[0].repr_failure(failed).startswith(f"{stale}:3: 58 %")
    assert items[0].reportinfo()[1:] == (2, "jobs")
    with pytest.raises(ZeroDivisionError) as other:
        1 / 0  # noqa: B018
    assert "ZeroDivisionError" in str(items[0].repr_failure(other))
    stale.write_text("[x]{.sme y}", encoding="utf-8")
    with pytest.raises(pytest.UsageError, match="no key=value pair"):
        plugin.pytest_collection_modifyitems(request.session, Config(), [])
