"""Every format and dialect, cell for cell; damage is an error, never another frame."""

import bz2
import gzip

import numpy as np
import pytest
from reference import cells_of
from writers import stat, tsv_bytes

from sme_stats import read
from sme_stats.errors import FormatError, InputError, RefusedError, TransientError
from sme_stats.frame import dimensions
from sme_stats.sources.formats import blocks, compression, sdmx_csv, tsv
from sme_stats.sources.formats.cells import Cells, Coded, join

DIMS = ["freq", "indic_sbs", "nace_r2", "size_emp", "geo"]
OURS = ["indic", "nace", "size", "geo"]


@pytest.mark.parametrize(
    ("cell", "value", "flag", "conf"),
    [
        ("429634.3 ", 429634.3, "", ""), ("3853937.0 p", 3853937.0, "p", ""),
        (": c", None, "", "C"), (": @C", None, "", "C"), (": z", None, "z", ""),
        ("12 bd", 12.0, "bd", ""), ("12 p@C", 12.0, "p", "C"), (":c", None, "", "C"),
        ("12", 12.0, "", ""), ("12 b @C", 12.0, "b", "C"), ("-3.5 e", -3.5, "e", ""),
        ("1e3 ", 1000.0, "", ""), ("0 n", 0.0, "n", ""), ("5 bep", 5.0, "bep", ""),
        (": cd", None, "d", "C"), ("5 |N", 5.0, "", "N"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_cell_of_a_tsv(cell, value, flag, conf, end):
    frame = read(tsv_bytes([f"A,DE\t1 \t{cell}"], end=end))
    assert cells_of(frame, ["geo"])[1] == ("DE", "2023", value, flag, conf)


@pytest.mark.parametrize(
    ("head", "periods"),
    [
        ("freq,unit,geo\\TIME_PERIOD", ("2021", "2022", "2023")),
        ("freq,unit,geo\\TIME_PERIOD", ("2023", "2022", "2021")),
        ("freq,unit,geo\\time", ("2023", "2022", "2021")),
    ],
)
def test_generations_of_tsv(head, periods):
    frame = read(tsv_bytes(["A,NR,DE\t1 \t: \t3 "], periods, head))
    assert frame["year"].tolist() == [int(periods[0]), int(periods[2])]
    assert frame["value"].tolist() == [1.0, 3.0]
    assert frame["unit"].tolist() == ["NR", "NR"]
    kept = read(tsv_bytes(["A,NR,DE\t1 \t: \t3 "], periods, head), keep_missing=True)
    assert kept["year"].tolist() == [int(p) for p in periods]


@pytest.mark.parametrize(
    ("periods", "freq"), [(("2022-Q1", "2022-Q2"), "Q"), (("2022-01", "2022-02"), "M")]
)
def test_quarters_and_months_stay_periods(periods, freq):
    frame = read(tsv_bytes([f"{freq},DE\t1 \t2 "], periods))
    assert frame["period"].tolist() == list(periods)
    assert frame["year"].tolist() == [2022, 2022]
    assert frame["freq"].tolist() == [freq, freq]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("2020M02", "2020M01"), ["2020-02", "2020-01"]),
        (("2020Q2", "2020Q1"), ["2020-Q2", "2020-Q1"]),
        (("2020S2", "2020S1"), ["2020-S2", "2020-S1"]),
        (("2020W52", "2020W01"), ["2020-W52", "2020-W01"]),
        (("2020M01D31", "2020M01D01"), ["2020-01-31", "2020-01-01"]),
    ],
)
def test_periods_of_the_old_generation_are_those_of_today(old, new):
    frame = read(tsv_bytes(["X,DE\t1 \t2 p"], old, "indic,geo\\time"))
    assert frame["period"].tolist() == new
    assert frame["value"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (tsv_bytes(["A,DE\t1 \t2 "])[:-3], "no end"),
        (tsv_bytes(["A,DE\t1 \t2 "], ("2022", "2022-13")), "not a time period"),
        (tsv_bytes(["A,DE\t1 \t2 "], ("2022", "2022-W54")), "not a time period"),
        (tsv_bytes(["A,DE\t1 \t2 "], ("2022", "2022Q5")), "not a time period"),
        (tsv_bytes(["A,DE\t1 \t2 "], ("2020Q1", "2020-Q1")), "names a period twice"),
        (tsv_bytes(["A,DE\t1 \t2 ", "A,FR\t1 "]), "line 3 has 2 columns where the header has 3"),
        (tsv_bytes(["A,DE\t1 \t2 ", "FR\t1 \t2 "]), "line 3 has 1 codes where"),
        (tsv_bytes(["A,DE\t1 \t2 ", "A,F R\t1 \t2 "]), "line 3 has a code with a space"),
        (tsv_bytes(["A,DE\t1 \tx "]), "line 2 has a cell that is no value: 'x '"),
        (tsv_bytes(["A,DE\t1 \tnan "]), "no value"),
        (tsv_bytes(["A,DE\t1 \tinf "]), "no value"),
        (tsv_bytes(["A,DE\t1 \t "]), "no value"),
        (tsv_bytes(["A,DE\t1 \t1 5"]), "no value|not a flag"),
        (tsv_bytes(["A,\t1 \t2 "]), "no code of the dimension geo"),
        (tsv_bytes(["A,DE\t1 \t2 é"]), "no value|not a flag"),
        (tsv_bytes(["A,DE\t1 \t2 "], ("2022", "2022")), "twice"),
        (tsv_bytes(["A,DE\t1 \t2 "], ("2022", "x")), "not a time period"),
        (tsv_bytes(["A,DE\t1 \t2 "], ("2022", "")), "empty one"),
        (tsv_bytes(["A,DE\t1 \t2 "], head="freq,geo\\when"), "not a header"),
        (b"freq,geo\\TIME_PERIOD\n", "none of Eurostat's formats"),
        (b"freq,\xff\\TIME_PERIOD\t2022 \n", "not UTF-8"),
        (b"geo\\TIME_PERIOD\t2022 \nD\xff\t1 \n", "UTF-8 at or after line 2"),
        (b"geo\\TIME_PERIOD\t2022 \nD\t1 \xff\n", "UTF-8 at or after line 2"),
        (b"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nE:X,D\xff,2022,1\n", "not UTF-8"),
        (b"geo\\TIME_PERIOD\t2022 \nD\xff\t1\n", "UTF-8"),
        (b"<?xml version='1.0'?><x/>", "XML, not a table"),
        (b"", "empty"),
        (b"\x1f\x8b", "cut"),
        (gzip.compress(tsv_bytes(["A,DE\t1 \t2 "]), mtime=0) + b"x", "other bytes"),
        (bz2.compress(b"x" * 99), "none of"),
        (b"DATAFLOW,geo,OBS_VALUE\nX,DE,1\n", "lacks the column TIME_PERIOD"),
        (b"DATAFLOW,geo,geo,TIME_PERIOD,OBS_VALUE\n", "twice"),
        (b"DATAFLOW,\xff,geo,TIME_PERIOD,OBS_VALUE\n", "UTF-8"),
        (b"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nE:X(1.0),DE,2022,1", "no end"),
        (b"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nE:X(1.0),DE,2022,inf\n", "no number"),
        (b"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nE:X(1.0),DE,2022\n", "cannot be read"),
        (b"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nE:X(1.0),DE,,1\n", "not a time period"),
        (b"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\nE:X(1.0),DE,2022,1\nE:Y(1.0),DE,2022,1\n", "mixes"),
        (b"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE\n?!,DE,2022,1\n", "not the name of a dataflow"),
        (b"DATAFLOW,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\nE:X(1.0),DE,2022,1,5\n", "not a flag"),
        (b"DATAFLOW,LAST UPDATE,geo,TIME_PERIOD,OBS_VALUE\nE:X,now,DE,2022,1\n", "LAST UPDATE"),
    ],
)  # fmt: skip
def test_damage_is_named(text, words):
    with pytest.raises(FormatError, match=words) as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_a_line_is_named_in_a_later_block():
    good = [f"A,G{i}\t{i} \t{i} p" for i in range(400_000)]
    with pytest.raises(FormatError, match="line 400002 has a cell that is no value"):
        read(tsv_bytes([*good, "A,X\t1 \t?"]))
    frame = read(gzip.compress(tsv_bytes([*good, "A,X\t1\t2"], end="\n"), 1))
    assert frame["value"].tolist()[-2:] == [1.0, 2.0]
    assert frame["geo"].tolist()[-1] == "X"
    assert len(frame) == 800_002


def test_no_dimension_is_lost_or_mistaken_for_a_column_of_the_frame():
    frame = read(tsv_bytes(["A,B,X,DE\t1 \t2 "], head="nace_r1,nace_r2,source,geo\\TIME_PERIOD"))
    assert frame.loc[0, ["nace_r1", "nace_r2", "dim_source", "geo"]].tolist() == [
        "A", "B", "X", "DE",
    ]  # fmt: skip
    assert "dim_source" in dimensions(frame)


def test_sdmx_csv_of_both_versions():
    one = (
        b"DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\r\n"
        b"ESTAT:SBS_SC_OVW(1.0),10/03/26 11:00:00,A,DE,2022,1.5,bp,\r\n"
        b"ESTAT:SBS_SC_OVW(1.0),10/03/26 11:00:00,A,PT,2022,,,C\r\n"
        b"ESTAT:SBS_SC_OVW(1.0),10/03/26 11:00:00,A,FR,2022,,,\r\n"
    )
    frame = read(one)
    assert cells_of(frame, ["geo"]) == [
        ("DE", "2022", 1.5, "bp", ""), ("PT", "2022", None, "", "C"),
    ]  # fmt: skip
    assert frame["dataset"].unique().tolist() == ["sbs_sc_ovw"]
    assert frame["vintage"].unique().tolist() == ["2026-03-10"]
    assert len(read(one, keep_missing=True)) == 3
    two = (
        b"STRUCTURE,STRUCTURE_ID,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
        b"dataflow,ESTAT:SBS_SC_OVW(1.0),A,DE,2022-Q3,1.5,\n"
    )
    assert read(two)["period"].tolist() == ["2022-Q3"]
    assert read(two)["conf"].tolist() == [""]


def test_an_sdmx_csv_from_before_2025_says_confidential_among_the_flags():
    text = (
        b"DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
        b"ESTAT:X(1.0),10/03/24 11:00:00,A,DE,2020,,c\n"
        b"ESTAT:X(1.0),10/03/24 11:00:00,A,FR,2020,3,bc\n"
        b"ESTAT:X(1.0),10/03/24 11:00:00,A,IT,2020,4,p\n"
    )
    assert cells_of(read(text), ["geo"]) == [
        ("DE", "2020", None, "", "C"), ("FR", "2020", 3.0, "b", "C"), ("IT", "2020", 4.0, "p", ""),
    ]  # fmt: skip


def test_an_sdmx_csv_with_quotes_or_with_labels():
    quoted = (
        b'"DATAFLOW","LAST UPDATE","freq","geo","TIME_PERIOD","OBS_VALUE","OBS_FLAG"\r\n'
        b'"ESTAT:X(1.0)","10/03/24 11:00:00","A","DE","2020","1.5","p"\r\n'
    )
    assert cells_of(read(quoted), ["geo"]) == [("DE", "2020", 1.5, "p", "")]
    labelled = (
        b"STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,freq,Time frequency,geo,Geopolitical entity,"
        b"TIME_PERIOD,Time,OBS_VALUE,Observation value,OBS_FLAG,Observation status,CONF_STATUS,"
        b"Confidentiality status\n"
        b'dataflow,ESTAT:T(1.0),"Title, more",A,Annual,DE,Germany,2022,,1.5,,p,provisional,,\n'
        b"dataflow,ESTAT:T(1.0),Title,A,Annual,PT,Portugal,2022,,,,,,C,confidential\n"
    )
    frame = read(labelled)
    assert cells_of(frame, ["geo"]) == [
        ("DE", "2022", 1.5, "p", ""), ("PT", "2022", None, "", "C"),
    ]  # fmt: skip
    assert not {"STRUCTURE_NAME", "Time", "Geopolitical entity"} & set(frame.columns)


def test_an_sdmx_csv_of_changes_is_no_table():
    text = (
        b"STRUCTURE,STRUCTURE_ID,ACTION,geo,TIME_PERIOD,OBS_VALUE\n"
        b"dataflow,ESTAT:T(1.0),I,DE,2022,5\n"
    )
    assert read(text)["value"].tolist() == [5.0]
    with pytest.raises(FormatError, match="ACTION D: changes to a table"):
        read(text.replace(b",I,", b",D,"))


def test_json_stat():
    frame = read(stat())
    assert cells_of(frame, ["geo"]) == [
        ("DE", "2022", 1.5, "", ""), ("DE", "2023", 2.0, "p", ""), ("PT", "2023", None, "", "C"),
    ]  # fmt: skip
    assert frame["vintage"].unique().tolist() == ["2026-03-10"]
    assert len(read(stat(value={}, status={}))) == 0
    assert read(stat(value=[1, None, None, 4], status=None or {}))["value"].tolist() == [1.0, 4.0]
    assert read(stat(updated=""))["vintage"].unique().tolist() == [""]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": [1, 2]}, "do not fit"), ({"value": {"9": 1}}, "outside"),
        ({"value": {"0": "x"}}, "not a number"), ({"value": {"0": True}}, "not a number"),
        ({"status": {"0": 5}}, "not text"), ({"size": [10**5, 10**5, 10**5]}, "beyond any"),
        ({"dimension": {}}, "KeyError"), ({"value": 5}, "TypeError"),
        ({"size": [1, 2, 3]}, "does not fit its size"), ({"id": ["freq", "geo", "x"]}, "KeyError"),
        ({"value": {"0": 10**400}}, "not a JSON-stat|OverflowError"),
        ({"value": {"0": float("inf")}}, "Infinity is no value"),
        ({"value": {"0": float("nan")}}, "NaN is no value"),
        ({"value": {"0 ": 1}}, "no position"),
        ({"value": {"01": 1}}, "no position"),
    ],
)  # fmt: skip
def test_json_stat_that_is_none(changes, words):
    with pytest.raises(FormatError, match=words):
        read(stat(**changes))


def test_json_stat_that_lost_a_name_is_damaged():
    text = stat()
    with pytest.raises(FormatError, match="KeyError: 'value'"):
        read(text.replace(b'"value"', b'"valus"'))
    with pytest.raises(FormatError, match="unknown key 'statut', and no status"):
        read(text.replace(b'"status"', b'"statut"'))
    with pytest.raises(FormatError, match="has the key '0' twice"):
        read(text.replace(b'"1": 2', b'"0": 2'))
    with pytest.raises(FormatError, match="beyond any count"):
        read(text.replace(b"1.5", b"1e999"))


def test_json_that_is_an_error():
    with pytest.raises(RefusedError, match="404"):
        read(b'{"error":[{"status":404,"label":"gone"}]}')
    with pytest.raises(RefusedError, match="gone"):
        read(b'{"error":"gone"}')
    with pytest.raises(RefusedError, match="gone"):
        read(b'{"error":["gone"]}')
    with pytest.raises(TransientError, match="queued"):
        read(b'{"warning":{"label":"ASYNCHRONOUS_RESPONSE"}}')
    for text in (b'{"version":', b"{" * 100_000 + b"}", b'{"a":' * 50_000):
        with pytest.raises(FormatError, match="JSON"):
            read(text)


def test_files_and_gzip_of_several_members(tmp_path):
    text = tsv_bytes([f"A,G{i}\t{i} \t: @C" for i in range(30_000)])
    packed = gzip.compress(text[:1000]) + gzip.compress(text[1000:]) + b"\0" * 512
    for content in (text, packed):
        path = tmp_path / "table"
        path.write_bytes(content)
        for source in (path, str(path), content):
            frame = read(source, dataset="sbs_sc_ovw", vintage="2026-01-01")
            assert len(frame) == 60_000
            assert frame["value"].sum() == sum(range(30_000))
    with pytest.raises(InputError, match="cannot read"):
        read(tmp_path / "nothing")
    with pytest.raises(InputError, match="cannot read"):
        read(tmp_path)
    with pytest.raises(InputError, match="cannot read"):
        read("a\0b")


def test_a_gzip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(compression, "SMALL", 1 << 20)
    bomb = gzip.compress(b"geo\\TIME_PERIOD\t2022 \n" + b"\0" * (64 << 20))
    with pytest.raises(FormatError, match=r"grows past .*refused"):
        read(bomb)
    with pytest.raises(FormatError, match="grows past"):
        compression.expand(gzip.compress(b"x" * (64 << 20)))


def test_blocks_are_regrouped_and_errors_come_through():
    text = b"".join(b"%d\n" % i for i in range(5000))
    for size in (1, 7, 1000, 10**6):
        assert b"".join(blocks.lines([text], size)) == text
        cut = [text[i : i + 13] for i in range(0, len(text), 13)]
        assert all(b.endswith(b"\n") for b in blocks.lines(cut, size))
    assert list(blocks.lines([], 5)) == []
    with pytest.raises(ZeroDivisionError):
        list(blocks.spread(lambda n: 1 / n, [1, 0, *range(1, 50)]))


def test_blocks_of_different_tables_do_not_join():
    def one(name):
        mark = Coded(np.zeros(1, np.int8), [""])
        return Cells({}, Coded(np.zeros(1, np.int8), ["2020"]), np.ones(1), mark, mark, name)

    with pytest.raises(FormatError, match="mixes dataflows: a, b"):
        join([one("a"), one("b")])


def test_vintages_and_headers():
    assert sdmx_csv.vintage("10/03/26 23:00:00") == "2026-03-10T23:00"
    head = tsv.header(b"\xef\xbb\xbffreq,geo\\TIME_PERIOD\t2022 ")
    assert head.dims == ("freq", "geo")
