"""34,000 damaged files: the original, what the text says to a slow reader, or an error of ours."""

import gzip
import random

import numpy as np
import pytest
from reference import cells_of, read_csv, read_stat, read_tsv
from writers import stat, tsv_bytes

from sme_stats import read
from sme_stats.errors import SmeStatsError
from sme_stats.sources.formats import parse
from sme_stats.sources.formats.cells import Cells

pytestmark = pytest.mark.exhaustive

OURS = ["indic", "nace", "size", "geo"]

SMALL = tsv_bytes(
    ["A,ENT_NR,C,GE250,DE\t10 \t11 bd", "A,ENT_NR,C,GE250,FR\t: \t7.5 e",
     "A,ENT_NR,C,TOTAL,PT\t: @C\t: c"],
    head="freq,indic_sbs,nace_r2,size_emp,geo\\TIME_PERIOD",
)  # fmt: skip


def mutate(rng: random.Random, raw: bytes) -> bytes:
    kind = rng.randrange(5)
    at = rng.randrange(len(raw))
    if kind == 0:
        return raw[:at]
    if kind == 1:
        return raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]
    if kind == 2:
        return raw[:at] + bytes([rng.choice(b"\t, \n\r:\\x\0")]) + raw[at:]
    if kind == 3:
        end = min(len(raw), at + rng.randrange(1, 12))
        return raw[:at] + raw[end:]
    other = rng.randrange(len(raw))
    return raw[:at] + raw[other : other + rng.randrange(1, 20)] + raw[at:]


def test_damaged_gzip_files_give_the_original_or_an_error(steps):
    """gzip carries a checksum, so nothing else may come out."""
    rng = random.Random(20260310)
    packed, original = gzip.compress(SMALL, mtime=0), cells_of(read(SMALL), OURS)
    refused = 0
    for _ in range(steps(10_000)):
        try:
            found = parse(mutate(rng, packed))
        except SmeStatsError:
            refused += 1
            continue
        assert len(found) == len(original)
        assert found.value[~np.isnan(found.value)].tolist() == [10.0, 11.0, 7.5]
    assert refused > 0.8 * steps(10_000)


def test_damaged_plain_files_say_what_the_text_says_or_an_error(steps):
    """A plain text cannot tell a digit from another; a strict slow reader says what it says."""
    rng = random.Random(20260311)
    refused = 0
    for _ in range(steps(10_000)):
        text = mutate(rng, SMALL)
        try:
            frame = parse(text)
        except SmeStatsError:
            refused += 1
            continue
        wanted = read_tsv(text)
        assert wanted is not None, text
        got = [
            (None if v != v else v, frame.flag.texts[f], frame.conf.texts[c])
            for v, f, c in zip(frame.value, frame.flag.codes, frame.conf.codes, strict=True)
        ]
        assert got == [cell[-3:] for cell in wanted], text
        for i, (name, column) in enumerate(frame.dims.items()):
            assert name
            assert [column.texts[c] for c in column.codes] == [cell[i] for cell in wanted], text
    assert refused > 0.4 * steps(10_000)


CSV = (
    b"DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\n"
    b"ESTAT:SBS_SC_OVW(1.0),10/03/26 11:00:00,A,DE,2022,1.5,bp,\n"
    b"ESTAT:SBS_SC_OVW(1.0),10/03/26 11:00:00,A,PT,2022,,,C\n"
)


def listed(cells: Cells) -> list[tuple]:
    """Cells in their order, as the references list them."""
    columns = [*cells.dims.values(), cells.period]
    keys = zip(*([c.texts[i] for i in c.codes] for c in columns), strict=True)
    marks = ([c.texts[i] for i in c.codes] for c in (cells.flag, cells.conf))
    values = [None if v != v else v for v in cells.value]
    return [(*k, v, f, c) for k, v, f, c in zip(keys, values, *marks, strict=True)]


def test_damaged_sdmx_csv_say_what_the_text_says_or_an_error(steps):
    rng = random.Random(20260312)
    refused = 0
    for _ in range(steps(6_000)):
        text = mutate(rng, CSV)
        try:
            cells = parse(text)
        except SmeStatsError:
            refused += 1
            continue
        wanted = read_csv(text)
        assert wanted is not None, text
        assert listed(cells) == wanted, text
    assert 0.25 < refused / steps(6_000) < 0.92


def test_damaged_json_stat_say_what_the_text_says_or_an_error(steps):
    rng = random.Random(20260313)
    refused = 0
    for _ in range(steps(6_000)):
        text = mutate(rng, stat())
        try:
            cells = parse(text)
        except SmeStatsError:
            refused += 1
            continue
        wanted = read_stat(text)
        assert wanted is not None, text
        assert listed(cells) == wanted, text
    assert 0.25 < refused / steps(6_000) < 0.92


@pytest.mark.parametrize("raw", [CSV, stat()])
def test_damaged_gzip_of_the_others_gives_the_original_or_an_error(raw):
    rng = random.Random(20260314)
    packed, original = gzip.compress(raw, mtime=0), cells_of(read(raw), ["geo"])
    for _ in range(1_000):
        try:
            frame = read(mutate(rng, packed))
        except SmeStatsError:
            continue
        assert cells_of(frame, ["geo"]) == original
