"""Writers of small files, for the tests of formats."""

from __future__ import annotations

import json


def tsv_bytes(rows, periods=("2022", "2023"), head="freq,geo\\TIME_PERIOD", end="\r\n") -> bytes:
    lines = ["\t".join([head, *(f"{p} " for p in periods)]), *rows]
    return (end.join(lines) + end).encode()


def stat(**changes) -> bytes:
    body = {
        "version": "2.0", "class": "dataset", "id": ["freq", "geo", "time"], "size": [1, 2, 2],
        "dimension": {
            "freq": {"category": {"index": {"A": 0}}},
            "geo": {"category": {"index": ["DE", "PT"]}},
            "time": {"category": {"index": {"2022": 0, "2023": 1}}},
        },
        "value": {"0": 1.5, "1": 2}, "status": {"1": "p", "3": "|C"},
        "updated": "2026-03-10T11:00:00+0100", "extension": {"id": "SBS_SC_OVW"},
    }  # fmt: skip
    return json.dumps(body | changes).encode()
