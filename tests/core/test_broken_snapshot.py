"""A snapshot file that is broken is named with file and line, whatever its hash says."""

import hashlib
import re
import shutil

import pytest

from sme_stats.errors import SmeStatsError
from sme_stats.places import data_dir
from sme_stats.sources import snapshot


@pytest.fixture
def broken(tmp_path):
    """Copy the snapshot, edit one file, and let its manifest vouch for the edit."""

    def make(edit):
        folder = tmp_path / "snapshot"
        shutil.copytree(data_dir() / "snapshot", folder)
        file, manifest = folder / "bd_size.csv", folder / "manifest.toml"
        text = edit(file.read_text(encoding="utf-8"))
        file.write_text(text, encoding="utf-8")
        whole = manifest.read_text(encoding="utf-8")
        part = whole[whole.index("[bd_size]") : whole.index("[releases]")]
        digest = hashlib.sha256(text.encode()).hexdigest()
        vouched = re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', part)
        vouched = re.sub(r"rows = \d+", f"rows = {text.count(chr(10)) - 1}", vouched)
        manifest.write_text(whole.replace(part, vouched), encoding="utf-8")
        return folder

    return make


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda t: t + t.splitlines()[5] + "\n", r"bd_size\.csv line 688: duplicate cell .*geo=BE"),
        (lambda t: t.replace("OBS_VALUE", "VALUE", 1), r"bd_size\.csv: line 1 lacks .*OBS_VALUE"),
        (lambda t: t.replace(",351453,", ",-5,"), r"bd_size\.csv: negative persons_employed"),
        (lambda t: t.replace(",351453,", ",abc,"), r"bd_size\.csv: .*Row #\d+.*'abc'"),
        (lambda t: t[:-1], r"bd_size\.csv.* (cut|rows)"),
    ],
    ids=["duplicate row", "missing column", "negative count", "no number", "cut"],
)
def test_file_line_and_what_is_wrong(broken, edit, said):
    with pytest.raises(SmeStatsError, match=said) as caught:
        snapshot.read_part("bd_size", broken(edit))
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_a_changed_file_is_not_used(broken):
    folder = broken(lambda text: text)
    (folder / "bd_size.csv").write_text("changed", encoding="utf-8")
    with pytest.raises(SmeStatsError, match=r"sha256 .* where its manifest says"):
        snapshot.read_part("bd_size", folder)


def test_a_misspelt_release_is_named(tmp_path):
    """It would not be left out, and so could prove the claim that quotes it."""
    from sme_stats.claims.files import read_claims

    file = tmp_path / "claims.toml"
    file.write_text(
        '[[claim]]\nid = "a"\nprinted = "48%"\nstatistic = "share"\nmeasure = "persons_employed"\n'
        'size = "0-49"\ngeo = "EU27_2020"\nyear = 2023\nquotes = ["final-2032"]\n',
        encoding="utf-8",
    )
    with pytest.raises(SmeStatsError, match="no release 'final-2032'; did you mean final-2"):
        read_claims(file)
