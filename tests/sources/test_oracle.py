"""The `eurostat` package reads the same bytes from the same server: every cell and flag agrees."""

import gzip
import random
import re
import warnings

import pytest
from fake_eurostat import TSV, Fake, Table, body, queued, serve, state
from reference import cells_of

from sme_stats import read
from sme_stats.errors import SmeStatsError, TransientError
from sme_stats.sources.client import Client
from sme_stats.sources.eurostat import Eurostat
from sme_stats.sources.extractions import Desk

eurostat = pytest.importorskip("eurostat")
from eurostat import eurostat as inside  # noqa: E402


@pytest.fixture
def peer(fake, monkeypatch):
    """The package, with its own requests, pointed to the loopback server."""
    monkeypatch.setattr(inside.__Uri__, "BASE_URL", {"EUROSTAT": f"{fake.url}/sdmx/2.1/"})
    monkeypatch.setattr(inside.__Uri__, "BASE_ASYNC_URL", {"EUROSTAT": f"{fake.url}/1.0/async/"})
    monkeypatch.setattr(inside, "__agency_by_provider__", [("EUROSTAT", "ESTAT")])
    return eurostat


def sample(series: int, periods: int, seed: int) -> bytes:
    rng = random.Random(seed)
    head = "freq,indic_sbs,nace_r2,size_emp,geo\\TIME_PERIOD\t"
    head += "\t".join(f"{2000 + i} " for i in range(periods))

    def cell() -> str:
        value = rng.choice([": ", f"{rng.randrange(10**9)} ", f"{rng.random() * 1e6:.2f} "])
        flag = rng.choice(["", "", "", "p", "bd", "e", "bep", "u"])
        return rng.choice([": @C", ": c", ": z"]) if rng.random() < 0.05 else value + flag

    rows = [
        "\t".join([f"A,I{i % 9},C{i // 9 % 30},S{i % 4},G{i}", *(cell() for _ in range(periods))])
        for i in range(series)
    ]
    return ("\r\n".join([head, *rows]) + "\r\n").encode()


def of_peer(wide, dims: list[str]) -> list[tuple]:
    """Cells as the package gives them, in the order of the file."""
    names = [c for c in wide.columns if not re.search(r"_(value|flag)$", c)]
    years = [c[:-6] for c in wide.columns if c.endswith("_value")]
    keys = [wide[name].tolist() for name in names]
    assert [n.split("\\")[0] for n in names] == dims
    found = []
    for i in range(len(wide)):
        for year in years:
            value, flag = wide[f"{year}_value"].iloc[i], wide[f"{year}_flag"].iloc[i]
            found.append((tuple(k[i] for k in keys), year, value, flag))
    return found


@pytest.mark.parametrize(("series", "periods", "seed"), [(400, 3, 1), (120, 17, 2), (5, 1, 3)])
def test_every_cell_and_flag_agrees(fake, peer, series, periods, seed):
    text = sample(series, periods, seed)
    fake.tables["sbs_sc_ovw"] = Table(text)
    dims = fake.tables["sbs_sc_ovw"].dims
    wide = peer.get_data_df("sbs_sc_ovw", flags=True)
    ours = read(text, dataset="sbs_sc_ovw", keep_missing=True)
    mine = cells_of(ours, ["indic", "nace", "size", "geo"])
    theirs = of_peer(wide, dims)
    assert len(mine) == len(theirs) == series * periods
    for (*codes, year, value, flag, conf), (keys, when, number, mark) in zip(
        mine, theirs, strict=True
    ):
        assert (*codes, year) == (*keys[1:], when)
        assert value == (None if number is None or number != number else number)
        said = (mark or "").replace(":", "").strip()
        assert said in (flag + ("@" + conf if conf else ""), flag + "c" * (conf == "C"))


def test_lf_line_ends_which_give_the_peer_an_empty_frame(fake, peer):
    text = TSV.replace(b"\r\n", b"\n")
    fake.tables["sbs_sc_ovw"] = Table(text)
    assert len(peer.get_data_df("sbs_sc_ovw", flags=True)) == 0
    assert len(read(text)) == 9


def test_an_outage_page_which_gives_the_peer_an_unbound_name(fake, peer):
    fake.fail("/data/", body(b"<html>Sorry</html>"), times=2)
    with pytest.raises(UnboundLocalError):
        peer.get_data_df("sbs_sc_ovw", flags=True)
    with pytest.raises(TransientError, match="web page"):
        Eurostat(Client(attempts=1)).fetch("sbs_sc_ovw")


def test_one_request_where_the_peer_makes_one_for_each_combination(fake, peer):
    chosen = {"indic_sbs": ["ENT_NR", "EMP_NR"], "geo": ["DE", "PT"], "size_emp": ["GE250"]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer.get_data_df("sbs_sc_ovw", filter_pars=chosen)
    theirs = {path for path in fake.seen if "/data/" in path}
    fake.seen.clear()
    Eurostat(Client(attempts=1)).load("sbs_sc_ovw", chosen)
    assert (len(theirs), fake.count("/data/")) == (4, 1)


def test_a_queue_is_polled_with_growing_waits_where_the_peer_never_waits(fake, tmp_path):
    fake.fail("/data/", body(queued()))
    fake.fail("/status/", body(state("PROCESSING")), times=6)
    fake.fail("/status/", body(state("AVAILABLE")))
    fake.fail("/async/data/", body(gzip.compress(TSV)))
    waits = []
    Desk(Client(attempts=1), tmp_path, sleep=waits.append).take(
        "sdmx/2.1/data/t", {}, tmp_path / "x"
    )
    assert waits == [1.0, 2.0, 4.0, 8.0, 15.0, 15.0]


def test_what_users_of_other_clients_met():
    text = (
        b"freq,unit,geo\\TIME_PERIOD\t2022 \t2023 \n"
        b"A,NR,EL\t1 \t2 de\nA,NR,UK\t3 bep\t: \nA,T,NA\t4 \t5 \n"
    )
    frame = read(text)
    # Two-letter flags stay whole, T and NA stay texts, EL and UK stay what they are.
    assert frame["flag"].tolist() == ["", "de", "bep", "", ""]
    assert frame["unit"].tolist() == ["NR", "NR", "NR", "T", "T"]
    assert frame["geo"].tolist() == ["EL", "EL", "UK", "NA", "NA"]
    assert str(frame["year"].dtype) == "int16"
    # A missing value is NaN and never the text of it, and no number stands among the flags.
    kept = read(text, keep_missing=True)
    assert kept["value"].isna().tolist() == [False, False, False, True, False, False]
    assert str(kept["value"].dtype) == "float64"
    assert set(kept["flag"]) | set(kept["conf"]) == {"", "de", "bep"}


def test_answers_that_give_other_clients_an_empty_frame(fake):
    """A queue ticket and a web page are errors that say so, whatever the content type."""
    ticket = body(queued(), Content_Type="text/tab-separated-values")
    fake.fail("/data/", ticket)
    fake.fail("/status/", body(state("EXPIRED")), times=2)
    fake.fail("/data/", ticket)
    with pytest.raises(SmeStatsError, match="EXPIRED at Eurostat; order it again"):
        Eurostat(Client(attempts=1)).load("sbs_sc_ovw", {"geo": "DE"})
    fake.faults.clear()
    fake.fail("/data/", body(b"<html>Sorry</html>", Content_Type="text/csv"))
    with pytest.raises(TransientError, match="web page"):
        Eurostat(Client(attempts=1)).load("sbs_sc_ovw", {"geo": "DE"})


def test_a_code_that_looks_like_another_type_stays_a_code(fake):
    """Filters go out as they are written, and 'T' or 'NA' come back as codes."""
    fake.tables["t"] = Table(b"freq,sex,geo\\TIME_PERIOD\t2022 \r\nA,T,NA\t1 \r\nA,F,EL\t2 \r\n")
    found = Eurostat(Client(attempts=1)).load("t", {"sex": "T", "geo": "NA"})
    assert found[["sex", "geo", "value"]].to_dict("list") == {
        "sex": ["T"], "geo": ["NA"], "value": [1.0],
    }  # fmt: skip
    assert any("/data/t/.T.NA?" in path for path in fake.seen)


def test_a_size_class_table_with_filters(fake):
    fake.tables["bd_size"] = Table(
        b"freq,age,sizeclas,indic_sbs,nace_r2,geo\\TIME_PERIOD\t2022 \t2023 \r\n"
        b"A,Y1,GE10,ENT_SRVLR_BRTH_PC,B-S_X_O_S94,DE\t80.5 \t81 p\r\n"
        b"A,TOTAL,GE10,ENT_NR,B-S_X_O_S94,DE\t100 \t101 \r\n"
    )
    found = Eurostat(Client(attempts=1)).load("bd_size", {"size": "GE10", "measure": "survival"})
    assert found["value"].tolist() == [80.5, 81.0]
    assert found["age"].tolist() == ["Y1", "Y1"]


def test_a_server_of_its_own_can_be_shut(tmp_path):
    server = serve(Fake(tables={}))
    server.shutdown()
    server.server_close()
    with pytest.raises(SmeStatsError):
        Client(f"http://127.0.0.1:{server.server_port}", attempts=1).get("x")
