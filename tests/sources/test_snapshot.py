"""The embedded figures: what the manifest vouches for, or an error that names the file."""

import hashlib
import shutil

import pytest

from sme_stats import catalogue, load
from sme_stats.codelists import indicators, table
from sme_stats.errors import FormatError, InputError, UnknownNameError
from sme_stats.places import data_dir
from sme_stats.sources import snapshot


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(data_dir() / "snapshot", tmp_path / "snapshot")


@pytest.mark.parametrize("dataset", sorted(snapshot.manifest()))
def test_every_part_is_whole(dataset):
    frame = snapshot.read_part(dataset)
    assert len(frame) == snapshot.manifest()[dataset].rows
    assert snapshot.whole(dataset) is snapshot.whole(dataset)
    assert "CC BY 4.0" in snapshot.attribution()


def test_a_changed_file_is_refused(copied):
    path = copied / "bd_size.csv"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    with pytest.raises(InputError, match=r"sha256 .* restore it"):
        snapshot.read_part("bd_size", copied)
    path.unlink()
    with pytest.raises(InputError, match="cannot read"):
        snapshot.read_part("bd_size", copied)
    with pytest.raises(UnknownNameError, match="embedded snapshot"):
        snapshot.read_part("bd_sise", copied)


def vouch(copied, name: str, content: bytes, rows: int | None = None) -> None:
    """Put a file in place of another, hash and rows included."""
    part = snapshot.manifest(copied)[name]
    part.path.write_bytes(content)
    text = (copied / "manifest.toml").read_text()
    text = text.replace(part.sha256, hashlib.sha256(content).hexdigest())
    if rows is not None:
        text = text.replace(f"rows = {part.rows}\nsha256", f"rows = {rows}\nsha256")
    (copied / "manifest.toml").write_text(text)


def test_what_the_manifest_says_is_compared(copied):
    vouch(copied, "bd_size", b"nothing\n")
    with pytest.raises(InputError, match="0 rows where its manifest says"):
        snapshot.read_part("bd_size", copied)
    vouch(copied, "bd_size", b"nothing\nhere\n", rows=1)
    with pytest.raises(FormatError, match=r"bd_size\.csv: none of Eurostat's formats"):
        snapshot.read_part("bd_size", copied)


def test_releases_are_checked(copied):
    raw = (copied / "releases.csv").read_bytes()
    head, first = raw.split(b"\n")[:2]
    vouch(copied, "releases", head.replace(b"half_digit", b"half") + b"\n" + first + b"\n", 1)
    with pytest.raises(InputError, match="lacks the column half_digit"):
        snapshot.read_part("releases", copied)
    other = first.rsplit(b",", 1)[0] + b",nowhere\n"
    vouch(copied, "releases", head + b"\n" + other, 1)
    with pytest.raises(InputError, match="nowhere"):
        snapshot.read_part("releases", copied)


def test_a_manifest_that_is_none(copied):
    (copied / "manifest.toml").write_text("[bd_size]\nfile = 'x'\n")
    with pytest.raises(InputError, match="entry bd_size is incomplete"):
        snapshot.manifest(copied)
    (copied / "manifest.toml").write_text("[")
    with pytest.raises(InputError, match="cannot read"):
        snapshot.manifest(copied)


@pytest.mark.parametrize("code", sorted(catalogue.entries()))
def test_every_entry_of_the_catalogue_hangs_together(code):
    flow = catalogue.find(code)
    assert flow.title
    assert flow.caveat
    assert flow.years[0] <= flow.years[1]
    assert flow.successor_of in {"", *catalogue.entries()}
    assert set(flow.size_partition) <= set(table("SIZE")) | {"250-499", "GE500"}
    for indicator in flow.indicators():
        measure, unit = flow.measure_of(indicator)
        assert measure in table("MEASURE"), indicator
        assert unit in table("UNIT") or flow.family == "accounts", indicator


def test_units_agree_with_measures():
    for family in ("sbs", "bd", "employer"):
        for code, row in indicators(family).items():
            assert row["unit"] == table("MEASURE")[row["measure"]]["unit"], code


def test_releases_load():
    frame = load("releases", year=2023)
    assert (frame["lower"] <= frame["upper"]).all()
