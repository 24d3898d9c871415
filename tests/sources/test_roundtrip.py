"""What is written in a format is read back, whatever it is."""

import gzip
import itertools
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference import cells_of, read_tsv
from writers import tsv_bytes

from sme_stats import read

codes = st.text("ABCDEFGHIJ0123456789_-", min_size=1, max_size=8)
values = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**12).map(float),
    st.floats(allow_nan=False, allow_infinity=False, width=64).map(lambda x: round(x, 3) + 0.0),
).filter(lambda v: v is None or abs(v) < 1e15)
marks = st.tuples(
    st.lists(st.sampled_from("bdefimnpu"), max_size=3, unique=True).map("".join),
    st.sampled_from(["", "", "C", "N"]),
)


@st.composite
def wide_tables(draw):
    keys = draw(st.lists(st.tuples(codes, codes), min_size=1, max_size=12, unique=True))
    first = draw(st.integers(1960, 2020))
    periods = [str(first + i) for i in range(draw(st.integers(1, 5)))]
    if draw(st.booleans()):
        periods.reverse()
    cells = {(*key, p): (draw(values), *draw(marks)) for key, p in itertools.product(keys, periods)}
    return keys, periods, cells


def number(value) -> str:
    return ":" if value is None else repr(value)


def published(cells):
    return [(*k, *v) for k, v in cells.items() if v[0] is not None or v[1] or v[2]]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wide_tables(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_written_as_tsv_is_read_back(table, end, packed):
    keys, periods, cells = table
    rows = [
        "\t".join(
            [",".join(key)]
            + [
                f"{number(v)} {flag}{'@' + conf if conf else ''}"
                for v, flag, conf in (cells[(*key, p)] for p in periods)
            ]
        )
        for key in keys
    ]
    text = tsv_bytes(rows, periods, "unit,geo\\TIME_PERIOD", end)
    frame = read(gzip.compress(text) if packed else text)
    assert cells_of(frame, ["unit", "geo"]) == published(cells)
    assert read_tsv(text) == published(cells)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wide_tables(), st.booleans())
def test_what_is_written_as_sdmx_csv_is_read_back(table, second):
    _, _, cells = table
    about = "STRUCTURE,STRUCTURE_ID" if second else "DATAFLOW,LAST UPDATE"
    named = "dataflow,ESTAT:T(1.0)" if second else "ESTAT:T(1.0),10/03/26 11:00:00"
    lines = [f"{about},unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS"]
    lines += [
        f"{named},{','.join(key)},{'' if v is None else repr(v)},{flag},{conf}"
        for key, (v, flag, conf) in cells.items()
    ]
    frame = read(("\n".join(lines) + "\n").encode())
    assert cells_of(frame, ["unit", "geo"]) == published(cells)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wide_tables())
def test_what_is_written_as_json_stat_is_read_back(table):
    keys, periods, cells = table
    units, geos = sorted({k[0] for k in keys}), sorted({k[1] for k in keys})
    axes = {"unit": units, "geo": geos, "time": periods}
    order = list(itertools.product(*axes.values()))
    known = [(i, cells[key]) for i, key in enumerate(order) if key in cells]
    body = {
        "id": list(axes), "size": [len(a) for a in axes.values()],
        "dimension": {n: {"category": {"index": list(a)}} for n, a in axes.items()},
        "value": {str(i): v for i, (v, _, _) in known if v is not None},
        "status": {str(i): f + ("|" + c if c else "") for i, (_, f, c) in known if f or c},
    }  # fmt: skip
    frame = read(json.dumps(body).encode())
    wanted = [(*order[i], *cell) for i, cell in known if cell[0] is not None or cell[1] or cell[2]]
    assert cells_of(frame, ["unit", "geo"]) == wanted
