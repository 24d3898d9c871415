"""What the fuzzer found, kept: inputs that once gave a wrong frame or an error not ours."""

import pytest
from writers import stat, tsv_bytes

from sme_stats import read
from sme_stats.errors import FormatError

CSV = b"freq,indic_sbs,geo,TIME_PERIOD,OBS_VALUE\n"

FOUND = {
    "a number beyond any float, in an irregular cell of a TSV": (
        tsv_bytes(["A,DE\t1e5201\t2 "]), "beyond any count"),
    "a tab in the place of a comma in a TSV": (
        b"freq,nace_r2,geo\\TIME_PERIOD\t2022 \t2023 \nA,C,DE\t1 \t2 \nA,C\tFR\t3 \t4 p\n",
        "has 2 codes where the header has 3"),
    "a mark of byte order in the first code of a TSV": (
        tsv_bytes(["\ufeffA,DE\t1 \t2 "]), "byte order"),
    "a mark of byte order in the first code of a CSV": (
        CSV + b"\xef\xbb\xbfA,ENT_NR,DE,2022,1\n", "byte order"),
    "a carriage return in a column's name of a CSV": (
        b"freq,indic\r_sbs,geo,TIME_PERIOD,OBS_VALUE\nA,ENT_NR,DE,2022,1\n", "line 1 is not"),
    "two carriage returns behind the header of a CSV": (
        CSV.replace(b"\n", b"\r\r\n") + b"A,ENT_NR,DE,2022,1\n", "line 1"),
    "an infinite value in JSON": (stat().replace(b"1.5", b"1e999"), "beyond any count"),
    "a constant that JSON has not": (stat().replace(b"1.5", b"NaN"), "NaN is no value"),
    "a key twice, so that one of two values would be lost": (
        stat().replace(b'"0": 1.5', b'"0": 1.5, "0": 9'), "has the key '0' twice"),
    "one position written in two ways": (
        stat().replace(b'"0": 1.5', b'"0": 1.5, "00": 9'), "'00' is no position"),
    "half a character in the name of the dataflow": (
        stat(extension={"id": "SBS\ud800"}), "no dataflow's code"),
    "a period in other digits": (
        tsv_bytes(["A,DE\t1 "], periods=("\u0662\u0660\u0662\u0662",)), "is not a time period"),
    "a size that is no whole number": (stat(size=[1, 2.0, 2]), "no count"),
    "a code that is no text": (
        stat().replace(b'["DE", "PT"]', b'[5, "PT"]'), "no code"),
    "a place that is no number": (stat().replace(b'"A": 0', b'"A": false'), "no place"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "said"), FOUND.values(), ids=list(FOUND))
def test_found_by_fuzzing(raw, said):
    with pytest.raises(FormatError, match=said):
        read(raw)
