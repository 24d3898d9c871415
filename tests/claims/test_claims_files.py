"""Claims files that cannot be understood: one line with file and line or claim, exit code 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sme_stats import Claim, read_claims
from sme_stats.claims.files import MOST_BYTES
from sme_stats.cli import main
from sme_stats.errors import ClaimError, InputError
from sme_stats.places import data_dir

pytestmark = pytest.mark.usefixtures("home")

GOOD = """\
[document]
title = "A page"
published = 2023-11-28
decimal = "."

[[claim]]
id = "first"
printed = "58%"
statistic = "share"
measure = "persons_employed"
size = "SME"
geo = "EU27_2020"
year = 2023

[[claim]]
id = "second"
printed = "25 million"
statistic = "level"
measure = "enterprises"
geo = "EU27_2020"
year = "latest"
"""

#: What is changed in the good file, where the message points, and what it says is valid.
BROKEN = {
    "syntax error": ('id = "second"', "id = second", "line 16", "not TOML"),
    "unclosed text": ('title = "A page"', 'title = "A page', "line 2", "not TOML"),
    "key twice": ('geo = "EU27_2020"\nyear = "latest"', 'geo = "DE"\ngeo = "FR"', "line 21",
        "not TOML"),
    "unknown table": ("[document]", "[dokument]", ":1: ",
        "unknown key 'dokument'; did you mean document"),
    "unknown document key": ('decimal = "."', 'decimals = "."', ":4: ", "did you mean decimal"),
    "unknown claim key": ('size = "SME"', 'sizes = "SME"', ":6: claim 'first'",
        "did you mean size"),
    "wrong decimal mark": ('decimal = "."', 'decimal = ";"', ":4: ", 'neither "." nor ","'),
    "quotes that are no list": ('decimal = "."', 'quotes = "final-2023"', ":4: ", "list of texts"),
    "quotes of a claim": ('year = 2023', "year = 2023\nquotes = [1]", ":6: claim 'first'",
        "list of texts"),
    "document that is no table": ("[document]\n", 'document = "x"\n[other]\n', ":2: ", "'other'"),
    "printed that cannot be read": ('"25 million"', '"25 apples"', ":15: claim 'second'",
        "is no magnitude; valid: "),
    "printed with two readings": ('"58%"', '"1.234"', None, None),
    "printed that is no text": ('"58%"', "58", ":6: claim 'first'", "such as '58%'"),
    "statistic": ('"share"', '"shares"', ":6: claim 'first'", "did you mean share"),
    "measure that does not exist": ('"enterprises"', '"companies"', ":15: claim 'second'",
        "valid: active"),
    "rate without a rate": ('"level"', '"rate"', ":15: claim 'second'", "rates are birth_rate"),
    "average of another measure": ('"level"', '"average"', ":15: claim 'second'", "'average_size'"),
    "share of everything": ('size = "SME"\n', "", ":6: claim 'first'", "such as 'SME' or '250+'"),
    "size": ('"SME"', '"SMB"', ":6: claim 'first'", "unknown size: 'SMB'; did you mean SME"),
    "place": ('geo = "EU27_2020"\nyear = 2023', 'geo = "GR"\nyear = 2023', ":6: claim 'first'",
        "writes EL"),
    "missing key": ('measure = "enterprises"\n', "", ":15: claim 'second'",
        "'measure' is missing; needed"),
    "missing id": ('id = "second"\n', "", ":15: claim 2", "'id' is missing"),
    "year as text": ("year = 2023", 'year = "2023"', ":6: claim 'first'",
        "such as 2023, nor 'latest'"),
    "year as number": ("year = 2023", "year = 2023.5", ":6: claim 'first'", "such as 2023"),
    "year out of range": ("year = 2023", "year = 20233", ":6: claim 'first'", "such as 2023"),
    "year as truth": ("year = 2023", "year = true", ":6: claim 'first'", "such as 2023"),
    "duplicate id": ('"second"', '"first"', ":15: claim 'first'", "stands twice"),
    "population": ("year = 2023", 'year = 2023\npopulation = "bank"', ":6: claim 'first'",
        "business-economy"),
    "expect": ("year = 2023", 'year = 2023\nexpect = "true"', ":6: claim 'first'", "valid: holds"),
}  # fmt: skip


def run(*args):
    with pytest.raises(SystemExit) as end:
        main(list(args))
    return end.value.code


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_file_is_one_line(name, tmp_path, capsys):
    old, new, where, says = BROKEN[name]
    assert GOOD.count(old) >= 1
    path = tmp_path / "claims.toml"
    text = GOOD.replace(old, new, 1)
    if name == "printed with two readings":
        text = text.replace('decimal = "."\n', "")
        where, says = ":5: claim 'first'", "'1.234' is 1.234 or 1,234"
    path.write_text(text, encoding="utf-8")
    assert run("check", str(path)) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith(f"error: {path}")
    assert where in err and says in err
    assert "Traceback" not in err


def test_the_good_file_is_good(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(GOOD, encoding="utf-8")
    first, second = read_claims(path)
    assert isinstance(first, Claim)
    assert (first.line, second.line) == (6, 15)
    assert (first.size, second.size) == ("0-249", "TOTAL")
    assert (first.year, second.year) == (2023, None)
    assert first.document.published == "2023-11-28" and first.document.path == str(path)


@pytest.mark.parametrize("header", ["[[ claim ]]", '[["claim"]]', "  [[claim]]  # a comment"])
def test_lines_of_claims_however_their_header_is_written(tmp_path, header):
    path = tmp_path / "claims.toml"
    path.write_text(
        GOOD.replace("[[claim]]", header).replace("25 million", "many"), encoding="utf-8"
    )
    with pytest.raises(ClaimError, match=r"claims\.toml:15: claim 'second'"):
        read_claims(path)


def test_claims_written_in_one_line_are_named_by_their_id(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text('claim = [{id = "a", printed = "many"}]', encoding="utf-8")
    with pytest.raises(
        ClaimError, match=r"claims\.toml: claim 'a': the key 'statistic' is missing"
    ):
        read_claims(path)
    path.write_text('claim = {id = "a"}', encoding="utf-8")
    with pytest.raises(ClaimError, match=r"claims\.toml:1: claims are written as \[\[claim\]\]"):
        read_claims(path)
    path.write_text('document = "a"', encoding="utf-8")
    with pytest.raises(ClaimError, match=r"claims\.toml:1: \[document\] is a table"):
        read_claims(path)


def test_a_survival_claim_needs_an_age(tmp_path):
    path = tmp_path / "claims.toml"
    text = GOOD.replace('"level"', '"rate"').replace('"enterprises"', '"survival"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ClaimError, match=r"age = 'Y1' to 'Y5'"):
        read_claims(path)
    path.write_text(text + 'age = "Y5"\nbase_year = 2020\n', encoding="utf-8")
    assert (read_claims(path)[1].age, read_claims(path)[1].base_year) == ("Y5", 2020)


def test_files_that_are_no_claims(tmp_path, capsys):
    huge, binary, deep = tmp_path / "huge.toml", tmp_path / "binary.toml", tmp_path / "deep.toml"
    huge.write_bytes(b"#" * (MOST_BYTES + 1))
    binary.write_bytes(bytes(range(256)))
    deep.write_text("x = " + "[" * 100_000, encoding="utf-8")
    empty = tmp_path / "folder"
    empty.mkdir()
    blank = tmp_path / "blank.toml"
    blank.write_text("", encoding="utf-8")
    for path, says in (
        (huge, "larger than a claims file can be (4 MB)"), (binary, "not UTF-8 text"),
        (deep, "not TOML"), (empty, "has no claims file (*.toml)"), (blank, "no claims to check"),
        (tmp_path / "absent.toml", "No such file"),
    ):  # fmt: skip
        assert run("check", str(path)) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == 1 and err.startswith("error: ")
        assert says in err and (path is blank or str(path) in err)


def test_a_folder_that_is_called_like_a_file(tmp_path, capsys):
    (tmp_path / "claims.toml").mkdir()
    assert run("check", str(tmp_path)) == 2
    out, err = capsys.readouterr()
    assert out == "" and err == f"error: cannot read {tmp_path / 'claims.toml'}: Is a directory\n"


def test_a_folder_is_read_in_order_of_name(tmp_path):
    for name in ("b.toml", "a.toml"):
        (tmp_path / name).write_text(GOOD.replace("A page", name), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a claim", encoding="utf-8")
    titles = [claim.document.title for claim in read_claims(tmp_path)]
    assert titles == ["a.toml", "a.toml", "b.toml", "b.toml"]
    with pytest.raises(InputError):
        read_claims()


def shell(*args, cwd):
    python = [sys.executable, "-m", "sme_stats", *args]
    env = os.environ | {"PYTHONWARNINGS": "error", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(python, capture_output=True, text=True, cwd=cwd, env=env, timeout=60)


def test_the_shell_sees_one_line_and_exit_code_2(tmp_path):
    (tmp_path / "claims.toml").write_text(GOOD.replace("58%", "many"), encoding="utf-8")
    done = shell("check", "claims.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: claims.toml:6: claim 'first': 'many' cannot be read")
    assert done.stderr.count("\n") == 1


def test_the_shell_sees_1_when_a_verdict_is_not_the_expected_one(tmp_path):
    (tmp_path / "claims.toml").write_text(GOOD, encoding="utf-8")
    done = shell("check", "claims.toml", cwd=tmp_path)
    assert done.returncode == 1 and done.stderr == ""
    assert done.stdout.splitlines()[-1] == "2 claims: 2 refuted; 1 provisional; 2 not as expected"
    expected = GOOD.replace("year = 2023", 'year = 2023\nexpect = "refuted"')
    expected = expected.replace('year = "latest"', 'year = "latest"\nexpect = "refuted"')
    (tmp_path / "claims.toml").write_text(expected, encoding="utf-8")
    assert run("check", str(tmp_path / "claims.toml")) == 0


LIBRARY = sorted((data_dir() / "claims").glob("*.toml"))


def test_the_library_is_read_and_every_verdict_is_the_expected_one(capsys):
    assert len(LIBRARY) > 50
    assert run("check", str(Path(data_dir() / "claims"))) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("; 0 not as expected")


def test_every_claim_of_the_library_says_why_and_quotes_known_releases():
    from sme_stats.sources.snapshot import releases

    known = releases()
    for claim in read_claims(data_dir() / "claims"):
        assert claim.why or claim.undecidable, claim.id
        assert claim.own_sources <= set(known), claim.id
        assert claim.document.url.startswith("http") or claim.document.title
