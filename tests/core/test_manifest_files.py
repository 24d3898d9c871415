"""The manifest against the files: hash, rows, licence, attribution, coverage."""

import csv
import hashlib
import tomllib

import pytest

from sme_stats import catalogue, places
from sme_stats.codelists import table
from sme_stats.errors import NotAvailableError

FOLDER = places.data_dir() / "snapshot"
MANIFEST = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
PARTS = {name: entry for name, entry in MANIFEST.items() if isinstance(entry, dict)}


def rows_of(name):
    with (FOLDER / PARTS[name]["file"]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_licence_and_attribution_are_stated():
    assert MANIFEST["licence"] == "CC BY 4.0"
    assert MANIFEST["licence_url"].startswith("https://creativecommons.org/licenses/by/4.0")
    assert "© European Union, Eurostat" in MANIFEST["attribution"]
    assert (FOLDER.parent / "LICENSE.md").read_text(encoding="utf-8").strip()


def test_every_file_is_in_the_manifest_and_the_other_way_round():
    listed = {entry["file"] for entry in PARTS.values()}
    assert listed == {path.name for path in FOLDER.glob("*.csv")}


@pytest.mark.parametrize("name", sorted(PARTS))
def test_hash_rows_and_words(name):
    entry = PARTS[name]
    raw = (FOLDER / entry["file"]).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == entry["sha256"]
    assert len(rows_of(name)) == entry["rows"]
    assert all(entry[key] for key in ("vintage", "vintage_basis", "coverage", "not_covered"))
    assert entry["sources"] and all(entry["sources"])


@pytest.mark.parametrize("name", sorted(set(PARTS) - {"releases"}))
def test_cells_lie_in_eurostats_layout_and_in_the_years_of_the_catalogue(name):
    flow = catalogue.find(name)
    found = rows_of(name)
    head = ["DATAFLOW", "LAST UPDATE", *flow.dimensions, "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG",
            "CONF_STATUS"]  # fmt: skip
    assert list(found[0]) == head
    keys = [tuple(row[d] for d in (*flow.dimensions, "TIME_PERIOD")) for row in found]
    assert len(set(keys)) == len(keys)
    for row in found:
        assert row["DATAFLOW"] == f"ESTAT:{name.upper()}(1.0)"
        assert row["geo"] in table("GEO")
        assert flow.years[0] <= int(row["TIME_PERIOD"]) <= flow.years[1]
        assert bool(row["OBS_VALUE"]) != (row["CONF_STATUS"] == "C")


def test_every_release_figure_says_its_unit_precision_and_release():
    known = tomllib.loads((FOLDER / "releases.toml").read_text(encoding="utf-8"))
    used = set()
    for row in rows_of("releases"):
        assert row["unit"] in table("UNIT") and row["measure"] in table("MEASURE")
        assert row["statistic"] in ("share", "level")
        assert float(row["half_digit"]) >= 0
        used.add(row["release"])
    assert used == set(known)
    for entry in known.values():
        assert entry["title"] and entry["published"][:2] == "20"


def test_a_broken_installation_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "__file__", str(tmp_path / "sme_stats" / "places.py"))
    with pytest.raises(NotAvailableError, match="install sme-stats again"):
        places.data_dir.__wrapped__()
