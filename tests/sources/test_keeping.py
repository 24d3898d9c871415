"""Vintages listed, compared and locked, in code and on the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_eurostat import TSV, Table, body

from sme_stats import load
from sme_stats.cli import store as commands
from sme_stats.errors import (
    InputError,
    MixingError,
    NotAvailableError,
    TransientError,
    UnknownNameError,
)
from sme_stats.loading import diff, lock, vintages
from sme_stats.sources import differences, locks
from sme_stats.sources.formats import read


def two_vintages(fake, eurostat):
    eurostat.fetch("sbs_sc_ovw")
    fake.tables["sbs_sc_ovw"] = Table(
        TSV.replace(b"1100", b"1150").replace(b"7 e", b"7 ").replace(b"101.5 p", b": @C")
        .replace(b"A,EMP_NR,C,GE250,PT", b"A,EMP_NR,C,GE250,AT").replace(b"\t10 ", b"\t9.5 "),
        "2026-04-10T11:00:00+0100",
    )  # fmt: skip
    eurostat.fetch("sbs_sc_ovw")


def test_diff_lists_every_change_the_largest_first(fake, eurostat):
    two_vintages(fake, eurostat)
    found = diff("sbs_sc_ovw")
    assert found["kind"].tolist() == [
        "revised", "revised", "added", "added", "withdrawn", "withdrawn", "withheld", "flag",
    ]  # fmt: skip
    assert found["change"].tolist()[:2] == [50.0, -0.5]
    assert found["unit"].tolist()[0] == "NR"
    assert diff("sbs_sc_ovw", "2026-03-10", "2026-03-10").empty
    back = diff("sbs_sc_ovw", "2026-04-10", "2026-03-10")
    assert "disclosed" in back["kind"].tolist()


def test_diff_refuses_what_cannot_be_compared(fake, eurostat):
    with pytest.raises(NotAvailableError, match="0 vintage"):
        diff("sbs_sc_ovw")
    frame = load("bd_size")
    with pytest.raises(MixingError, match="bd_size and sbs_sc_ovw are different"):
        differences.compare(frame, load("sbs_sc_ovw"))
    with pytest.raises(MixingError, match="dimensions changed"):
        differences.compare(frame, frame.drop(columns="age"))
    plain = read(b"unit,geo\\TIME_PERIOD\t2020 \nNR,DE\t1 \n")
    assert differences.compare(plain, plain.assign(value=2.0))["change"].tolist() == [1.0]


def test_vintages_lists_store_and_snapshot(fake, eurostat):
    two_vintages(fake, eurostat)
    found = vintages("sbs_sc_ovw")
    assert found["vintage"].tolist()[:2] == ["2026-03-10", "2026-04-10"]
    assert found["source"].tolist() == ["store", "store", "snapshot"]
    assert len(vintages()) > 5
    with pytest.raises(NotAvailableError, match="neither in the store"):
        vintages("bd_hg")


def test_a_lock_file_pins_cells(fake, eurostat, tmp_path):
    path = tmp_path / "sme-stats.lock"
    with pytest.raises(NotAvailableError, match="empty"):
        lock(path)
    two_vintages(fake, eurostat)
    (pin,) = lock(path, "sbs_sc_ovw@2026-03-10")
    assert lock(path, check=True) == [pin]
    path.write_text(path.read_text().replace(pin.sha256, "0" * 64))
    with pytest.raises(NotAvailableError, match="would not be the same"):
        lock(path, check=True)
    for text in ("[x", "[sbs_sc_ovw]\nvintage = 1\n", "sbs_sc_ovw = 1\n"):
        path.write_text(text)
        with pytest.raises(InputError):
            lock(path, check=True)
    with pytest.raises(UnknownNameError, match="vintage"):
        lock(path, "sbs_sc_ovw@1999-01-01")
    with pytest.raises(InputError, match="cannot write"):
        locks.write(tmp_path / "no" / "x", [pin])
    with pytest.raises(InputError):
        locks.read(Path(tmp_path / "none"))


def run(command, *arguments):
    result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands(fake, eurostat, tmp_path):
    assert "2026-03-10" in run(commands.fetch, "sbs_sc_ovw", "--format", "json")
    two_vintages(fake, eurostat)
    assert "snapshot" in run(commands.vintages, "sbs_sc_ovw")
    assert "2 revised" in run(commands.diff, "sbs_sc_ovw")
    assert run(commands.diff, "sbs_sc_ovw", "2026-03-10", "2026-03-10") == "no difference\n"
    assert run(commands.diff, "sbs_sc_ovw", "--format", "csv").count("\n") == 9
    path = str(tmp_path / "x.lock")
    run(commands.lock, "--file", path)
    assert "sha256" in run(commands.lock, "--file", path, "--check", "--format", "json")
    refused = CliRunner().invoke(commands.fetch, [])
    assert refused.exit_code == 2
    assert "sme-stats fetch sbs_sc_ovw" in refused.output
    for command in (commands.fetch, commands.vintages, commands.diff, commands.lock):
        assert "Examples:" in run(command, "--help")


def test_an_outage_leaves_the_store_as_it_was(fake, eurostat):
    eurostat.fetch("sbs_sc_ovw")
    fake.fail("", body(b"<html>Sorry</html>"), times=9)
    with pytest.raises(TransientError):
        eurostat.fetch("sbs_sc_ovw")
    assert len(load("sbs_sc_ovw", source="store")) == 9
