"""Eurostat's files to the tidy frame: ratios to the `eurostat` package and to a floor, in one run.

One file in the published format is made, served from a loopback server to the peer
(``eurostat.get_data_df(flags=True)`` and a melt to one row a cell) and to us (the same door, the
same bytes); every measurement is a process of its own, so that peaks of memory are its own too.
The floor is what cannot be avoided: unpacking with the fastest library and one raw CSV read.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_TARGETS = {
    "long": (20.0, 1_500_000, 3), "wide": (12.0, 200_000, 16),
}  # fmt: skip


def ratios(series: int | None = None) -> list[dict]:
    """Measure everything once; `series` makes the files smaller, for a try."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, (target, count, periods) in _TARGETS.items():
            path = Path(folder) / f"{kind}.tsv.gz"
            path.write_bytes(make_tsv(series or count, periods))
            rows += _measure(kind, path, target)
        rows += _csv(Path(folder), series or 1_500_000)
        rows += _store(Path(folder), 20 * (series or 1_000_000))
    return rows


def _measure(kind: str, path: Path, target: float) -> list[dict]:
    with _served(path) as url:
        peer, ours = _run("peer", url), _best("ours", url, 5)
    floor, reader = _in_turn("floor", "reader", str(path))
    rows = [
        _row(f"{kind}: peer / ours, time", peer["s"] / ours["s"], target, "higher"),
        _row(f"{kind}: ours / peer, peak memory", ours["mb"] / peer["mb"], 0.5, "lower"),
    ]
    if kind == "long":
        rows.append(_row("long: reader / floor, time", reader["s"] / floor["s"], 2.5, "lower"))
    print(
        f"  {kind}: peer {peer['s']:.2f} s {peer['mb']:.0f} MB, ours {ours['s']:.2f} s "
        f"{ours['mb']:.0f} MB, reader {reader['s']:.3f} s, floor {floor['s']:.3f} s",
        file=sys.stderr,
    )
    return rows


def _csv(folder: Path, series: int) -> list[dict]:
    path = folder / "table.csv"
    path.write_bytes(make_csv(series))
    raw, ours = _in_turn("csv_floor", "reader", str(path))
    print(f"  csv: ours {ours['s']:.3f} s, raw {raw['s']:.3f} s", file=sys.stderr)
    return [_row("SDMX-CSV: reader / raw pyarrow read, time", ours["s"] / raw["s"], 2.5, "lower")]


def _store(folder: Path, cells: int) -> list[dict]:
    path = folder / "huge.tsv.gz"
    path.write_bytes(make_tsv(cells // 16, 17, density=0.945))
    written = _run("write", str(path), str(folder / "cache"))
    piece, whole = (_best(name, str(folder / "cache"), "", 3) for name in ("slice", "whole"))
    print(
        f"  store: {written['cells']:,} cells in {written['s']:.1f} s, peak {written['mb']:.0f} MB",
        file=sys.stderr,
    )
    return [
        _row("store: write of 20 million cells, peak GB", written["mb"] / 1000, 1.0, "lower"),
        _row("store: one country's slice, ms", 1000 * piece["s"], 50.0, "lower"),
        _row("store: whole table, s", whole["s"], 1.5, "lower"),
    ]


def _row(name: str, value: float, target: float, better: str) -> dict:
    return {"name": name, "value": value, "target": target, "better": better}


def make_tsv(series: int, periods: int, density: float = 0.8) -> bytes:
    """Write a table as Eurostat does: sorted keys, one decimal at most, flags here and there."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = _keys(series)
    rng = np.random.default_rng(20260310)
    head = "freq,indic_sbs,nace_r2,size_emp,geo\\TIME_PERIOD"
    columns = [keys]
    marks = pa.array(["", "p", "b", "e", "bd"])
    for _ in range(periods):
        number = pa.array(rng.integers(0, 500_000, series)).cast(pa.string())
        blank = rng.random(series) > density
        value = pc.if_else(pa.array(blank), ":", number)
        mark = np.where(blank, 0, rng.choice(5, series, p=[0.9, 0.04, 0.02, 0.03, 0.01]))
        flag = marks.take(pa.array(mark))
        columns.append(pc.binary_join_element_wise(value, flag, " "))
    years = "\t".join(f"{2024 - periods + i} " for i in range(periods))
    lines = pc.binary_join_element_wise(*columns, "\t").to_pylist()
    return gzip.compress(("\r\n".join([f"{head}\t{years}", *lines]) + "\r\n").encode(), 6)


def _keys(series: int):
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    sizes = ["0-9", "10-19", "20-49", "50-249", "GE250", "TOTAL"]
    spans = {"geo": 36, "size": len(sizes), "nace": 200}
    place = np.arange(series)
    geo, rest = place % spans["geo"], place // spans["geo"]
    size, rest = rest % spans["size"], rest // spans["size"]
    nace, indic = rest % spans["nace"], rest // spans["nace"]
    texts = [
        pa.array([f"I{i:02}" for i in range(int(indic.max()) + 1)]).take(pa.array(indic)),
        pa.array([f"N{i:03}" for i in range(spans["nace"])]).take(pa.array(nace)),
        pa.array(sizes).take(pa.array(size)),
        pa.array([f"G{i:02}" for i in range(spans["geo"])]).take(pa.array(geo)),
    ]
    return pc.binary_join_element_wise(pa.array(["A"] * series), *texts, ",")


def make_csv(series: int) -> bytes:
    """Write the long table as SDMX-CSV 1.0."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rng = np.random.default_rng(20260311)
    keys, parts = _keys(series), []
    flow = pa.array(["ESTAT:SBS_SC_OVW(1.0),10/03/26 11:00:00"] * series)
    for year in ("2021", "2022", "2023"):
        value = pa.array(rng.integers(0, 500_000, series)).cast(pa.string())
        flag = pa.array(["", "p", "b"]).take(pa.array(rng.choice(3, series, p=[0.9, 0.06, 0.04])))
        fixed = pa.array([year] * series)
        parts += pc.binary_join_element_wise(flow, keys, fixed, value, flag, "", ",").to_pylist()
    head = "DATAFLOW,LAST UPDATE,freq,indic_sbs,nace_r2,size_emp,geo,TIME_PERIOD,OBS_VALUE,"
    return ("\n".join([head + "OBS_FLAG,CONF_STATUS", *parts]) + "\n").encode()


class _served:  # noqa: N801 - used as a function
    """A loopback server that gives the file, and the structure that the peer asks for first."""

    def __init__(self, path: Path) -> None:
        raw = path.read_bytes()
        names = ("freq", "indic_sbs", "nace_r2", "size_emp", "geo")

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = raw if "/data/" in self.path else _structure(self.path, names)
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _structure(path: str, names: tuple[str, ...]) -> bytes:
    spaces = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
    if "datastructure" in path:
        dims = "".join(f'<s:Dimension id="{n}" position="{i}"/>' for i, n in enumerate(names, 1))
        inner = (
            "<s:DataStructures><s:DataStructure><s:DataStructureComponents><s:DimensionList>"
            f"{dims}</s:DimensionList></s:DataStructureComponents></s:DataStructure>"
            "</s:DataStructures>"
        )
    else:
        inner = (
            '<s:Dataflows><s:Dataflow><s:Structure><Ref id="SBS_SC_OVW"/></s:Structure>'
            "</s:Dataflow></s:Dataflows>"
        )
    return (
        f'<m:Structure xmlns:m="{spaces}/message" xmlns:s="{spaces}/structure"><m:Structures>'
        f"{inner}</m:Structures></m:Structure>"
    ).encode()


def _run(name: str, *arguments: str, times: int = 1) -> dict:
    code = PROCESSES["frame"].replace("{work}", PROCESSES["work"][name])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments, str(times)],
        check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def _best(name: str, *arguments: str | int) -> dict:
    """Fastest of some runs in one process: what the machine can do while others use it too."""
    *texts, times = arguments
    fast = _run(name, *map(str, texts), times=int(times))
    if name == "ours":
        fast["mb"] = _run(name, *map(str, texts))["mb"]
    return fast


def _in_turn(one: str, other: str, path: str) -> list[dict]:
    """Fastest run of two works, measured in turn, so that both meet the same neighbours."""
    runs = [[_run(name, path, times=3) for name in (one, other)] for _ in range(4)]
    return [min(found, key=lambda run: run["s"]) for found in zip(*runs, strict=True)]


def main() -> None:
    """Print the table."""
    print(f"{'what':<56}{'value':>9}{'target':>9}")
    for row in ratios(int(sys.argv[1]) if len(sys.argv) > 1 else None):
        sign = "<=" if row["better"] == "lower" else ">="
        print(f"{row['name']:<56}{row['value']:>9.2f}{sign:>3}{row['target']:>6}", flush=True)


if __name__ == "__main__":
    main()
