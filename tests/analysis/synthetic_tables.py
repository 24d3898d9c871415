"""Tables that are not embedded: synthetic cells in Eurostat's layouts, served on loopback.

Each is called ``synthetic_`` and the code of the table whose layout it has, so that every output
says what it is; a plugin brings its entry of the catalogue, as any package may.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from sme_stats import catalogue
from sme_stats.sources import keeping

from ..sources.fake_eurostat import Fake, Table, serve

PLACES, YEARS = ("DE", "FR", "IT"), (2022, 2023)
CLASSES = ("0-9", "10-19", "20-49", "50-249", "GE250")
WIDER = (*CLASSES[:4], "250-499", "GE500")
#: Fields of an entry that say what Eurostat's own table is; the synthetic one has no past.
_OTHER = ("code", "title", "breaks", "successor_of", "cells", "vintage", "codes", "caveat")

#: Layout to its indicators: level of the smallest class in the first place, other dimensions.
TABLES: dict[str, list[tuple[str, float, dict[str, object]]]] = {
    "sbs_sc_ovw": [
        *((code, level, {"sizes": CLASSES}) for code, level in (
            ("ENT_NR", 50), ("EMP_NR", 900), ("AV_MEUR", 60), ("NETTUR_MEUR", 200),
            ("EXPN_SAL_BEN_MEUR", 30), ("GOS_MEUR", 20),
        )),
        # Two sections, of which the second doubles its weight: a shift-share has both parts.
        ("EMP_NR", 40, {"sizes": CLASSES, "nace": "C"}),
        ("EMP_NR", 70, {"sizes": ("0-9", "GE250"), "nace": "G", "grown": 2.0}),
    ],
    "sbs_ovw_act": [("GRSINV_TNCA_MEUR", 5, {}), ("EMP_NR", 900, {})],
    "sbs_ovw_smc": [("EMP_NR", 900, {"sizes": WIDER})],
    "bd_size": [
        *((code, level, {}) for code, level in (
            ("ENT_BRTH_NR", 20), ("ENT_NR", 200), ("EMP_NR", 900), ("EMP_BRTH_NR", 30),
            ("EMP_DTH_NR", 25), ("ENT_BRTHR_PC", 9),
        )),
        ("ENT_SRVL_NR", 10, {"age": "Y5"}), ("EMP_SRVL_NR", 40, {"age": "Y5"}),
    ],
    "bd_hg": [("ENT_HGRWR_PC", 3, {}), ("ENT_HGRWR_YNG_PC", 1, {})],
    "bd_salge1_size": [
        ("ENT_SALGE1_BRTHR_PC", 5, {}), ("ENT_SALGE1_DTHR_PC", 4, {}),
        ("ENT_SALGE1_SRVLR_BRTH_PC", 15, {"age": "Y5"}),
    ],
}  # fmt: skip
#: The denominator of a density is asked for by its own name; what it divides is called synthetic.
POPULATION = b"freq,unit,age,sex,geo\\TIME_PERIOD\t2022 \t2023 \n" + b"".join(
    f"A,NR,TOTAL,T,{geo}\t{1000 + p} \t{1001 + p} \n".encode() for p, geo in enumerate(PLACES)
)


def tsv(layout: str) -> bytes:
    """One table as Eurostat serves it; TOTAL is the sum of the classes."""
    flow = catalogue.find(layout)
    lines = [",".join(flow.dimensions) + "\\TIME_PERIOD\t" + "\t".join(f"{y} " for y in YEARS)]
    for code, level, more in TABLES[layout]:
        for p, geo in enumerate(PLACES):
            for size, values in _classes(level, p, more).items():
                named = {"freq": "A", "indic_sbs": code, "size_emp": size, "sizeclas": size,
                         "nace_r2": more.get("nace", flow.population), "geo": geo,
                         "age": more.get("age", "TOTAL")}  # fmt: skip
                key = ",".join(str(named[d]) for d in flow.dimensions)
                lines.append(f"{key}\t" + "\t".join(f"{v:g} " for v in values))
    return "\n".join([*lines, ""]).encode()


def _classes(level: float, p: int, more: dict[str, object]) -> dict[str, list[int]]:
    """Cells of both years by class: the larger ones grow faster, and not alike by place."""
    sizes, grown = more.get("sizes", ()), float(str(more.get("grown", 1.0)))
    if not sizes:
        return {"TOTAL": [round(level * (p + 2 + n)) for n in range(len(YEARS))]}
    found = {
        str(size): [round(level * (s + 1) * (p + 2) * (1 + 0.1 * n * s) * grown**n)
                    for n in range(len(YEARS))]
        for s, size in enumerate(sizes)  # type: ignore[arg-type]
    }  # fmt: skip
    found["TOTAL"] = [sum(column) for column in zip(*found.values(), strict=True)]
    if "GE500" in found:
        found["250-749"] = [round(1.2 * v) for v in found["250-499"]]
    return found


def install(site: Path) -> None:
    """An installed package whose entry points are the entries of the catalogue."""
    info = site / "sme_synthetic-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sme-synthetic\nVersion: 0.1\n")
    points = [f"synthetic_{layout} = sme_synthetic:{layout}" for layout in TABLES]
    (info / "entry_points.txt").write_text("\n".join(["[sme_stats.datasets]", *points, ""]))
    entries = []
    for layout in TABLES:
        given = {k: v for k, v in asdict(catalogue.find(layout)).items() if k not in _OTHER}
        told = {"title": f"Synthetic cells in the layout of {layout}", "caveat": "no real cell"}
        entries.append(f"{layout} = {given | told!r}\n")
    (site / "sme_synthetic.py").write_text("".join(entries))


def fetch(cache: Path) -> None:
    """Bring every table from a server on loopback into a store, as a user does."""
    served = Fake(tables={f"synthetic_{layout}": Table(tsv(layout)) for layout in TABLES})
    served.tables["demo_pjan"] = Table(POPULATION)
    server = serve(served)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SME_STATS_BASE_URL", served.url)
            patch.setenv("SME_STATS_CACHE_DIR", str(cache))
            for name in ("SME_STATS_OFFLINE", "HTTP_PROXY", "http_proxy"):
                patch.delenv(name, raising=False)
            assert keeping.fetch(*served.tables)["fresh"].all()
    finally:
        server.shutdown()
        server.server_close()
