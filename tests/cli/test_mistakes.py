"""Mistakes on the command line: one line that says what is valid, and the right exit code."""

import shlex

import pytest

from sme_stats.places import data_dir

pytestmark = pytest.mark.usefixtures("home")
PRESS = str(data_dir() / "claims" / "press-2023.toml")

MISTAKES = [
    ("chekc x", 2, "no command 'chekc'; did you mean check?"),
    ("get size-shar", 2, "unknown indicator: 'size-shar'; did you mean size-share"),
    ("get size-share --size SMB", 2, "unknown size: 'SMB'; did you mean SME"),
    ("get size-share --size total", 2, "TOTAL is the whole"),
    ("get size-share --measure turnovr", 2, "did you mean turnover?"),
    ("get size-share --geo Germny", 2, "unknown geo: 'Germny'"),
    ("get size-share --geo GR", 2, "Eurostat writes EL"),
    ("get size-share --geo MT", 3, "has no geo MT (Malta); it has AT, BE"),
    ("get size-share --year 2019", 2, "nearest: 2021, 2022, 2023, 2024"),
    ("get size-share --year soon", 2, "give a year such as 2023, or 2021-2024"),
    ("get size-share --year ²", 2, "give a year such as 2023, or 2021-2024"),
    ("get size-share --year 2024-2021", 2, "from the earlier to the later"),
    ("get size-share --year 1-99999999999", 2, "from the earlier to the later"),
    ("get size-share --size ²+", 2, "unknown size: '²+'"),
    ("get size-share --dataset sbs_sc_ovv", 2, "did you mean sbs_sc_ovw"),
    ("get size-share --dataset bd_hg", 3, "SME_STATS_OFFLINE is set"),
    ("get size-share --nace Z", 2, "unknown nace: 'Z'"),
    ("get size-share -o colour=red", 2, "unknown option of size-share: 'colour'"),
    ("get size-share -o colour", 2, "write key=value, such as cohort=2015"),
    ("get survival-curve --geo EU27_2020", 2, "survival-curve needs cohort"),
    ("get survival-curve --geo EU27_2020 -o cohort=old", 2,
    "cohort = 'old' of survival-curve is not"),
    ("get survival-curve --geo EU27_2020 -o cohort=1990", 3, "born in 1990"),
    ("get rank", 2, "rank compares an indicator's results"),
    ("get size-share --year 2023 --measure enterprises --then peers", 2, "peers needs geo"),
    ("get size-share --year 2023 --measure enterprises --then peers -o geo=DE", 2,
     "the frame has 0-249 in PC; give it the result of size_structure"),
    ("get size-structure --then peers -o ge=DE", 2, "or peers: 'ge'; did you mean geo"),
    ("get birth-rate --size SME", 2, "unknown option of birth-rate: 'size'"),
    ("get change --geo FR --dataset sbs_sc_sca_r2", 3, "a break lies between"),
    ("get size-share --fromat json", 2, "--format"),
    ("get size-share --format yaml", 2, "'json'"),
    ("get size-share --source archive", 2, "'snapshot'"),
    ("get", 2, "Missing argument 'INDICATOR'"),
    ("check", 2, "Missing argument 'FILES...'"),
    ("check {press} --source live", 3, "SME_STATS_OFFLINE is set"),
    ("check {press} --vintage yesterday", 2, "one date such as 2025-10-13, or DATASET@VINTAGE"),
    ("check {press} --vintage 2025 --vintage 2026", 2, "one date"),
    ("check {press} --vintage sbs_sc_ovw@2031-01-01", 2, "unknown vintage of sbs_sc_ovw"),
    ("check {press} --vintage 1999", 3, "no table at hand is of 1999 or earlier"),
    ("check {press} --lock {home}/none.lock", 2, "cannot read the lock file"),
    ("check {press} --against ../x@1", 2, "letters, digits and _ only"),
    ("reconcile {press} --weight gee=1", 2, "did you mean geo"),
    ("reconcile {press} --weight geo=-1", 2, "no number of zero or more"),
    ("reconcile {press} --weight geo", 2, "AXIS=NUMBER"),
    ("reconcile", 2, "name a claims file, or a number with --printed"),
    ("reconcile {press} --id larg", 2, "did you mean large?"),
    ("reconcile --printed many", 2, "'many'"),
    ("reconcile --printed 1.234", 2, "1.234 or 1,234"),
    ("reconcile --printed 58% --year ²", 2, "is not a year such as 2023"),
    ("reconcile --printed 58% --statistic shares", 2, "did you mean share or change?"),
    ("reconcile --printed 58% --measure jobs", 2, "valid: active_enterprises"),
    ("datasets --search zeppelin", 3, "contains 'zeppelin'"),
    ("datasets --source store", 3, "the source store has no dataflow"),
    ("datasets --source live", 3, "or --offline given, so nothing is downloaded"),
    ("get size-share --vintage 1999-01-01", 2, "unknown vintage of sbs_sc_ovw: '1999-01-01'"),
    ("audit bd_size --vintage soon", 2, "unknown vintage of bd_size: 'soon'"),
    ("show bd_size --vintage soon", 2, "unknown vintage of bd_size: 'soon'"),
    ("show bd_sise --source snapshot", 2, "did you mean bd_size"),
    ("audit bd_sise", 2, "did you mean bd_size"),
    ("fetch", 2, "name a dataset"),
    ("fetch bd_hg", 3, "SME_STATS_OFFLINE is set"),
    ("vintages bd_sise", 3, "neither in the store nor in the snapshot"),
    ("diff bd_size", 3, "the store has 0 vintage(s) of bd_size"),
    ("lock bd_size --file {home}/x.lock", 3, "bd_size is not in the store"),
    ("lock --check --file {home}/x.lock", 2, "cannot read the lock file"),
    ("plot rankin", 2, "did you mean ranking?"),
    ("plot claim", 2, "chart claim needs --claim FILE"),
    ("plot claim --claim {press} --id larg", 2, "did you mean large?"),
    ("plot ranking --vintage 1999-01-01", 2, "unknown vintage of sbs_sc_ovw"),
    ("plot trend --vintage 2026-11", 2, "name the table as dataset"),
    ("plot births-deaths --vintage 2026-11", 2, "name the table as dataset"),
    ("plot ranking --nace C", 3, "C"),
    ("plot ranking --nace Z", 2, "Z"),
    ("plot ranking --indicator distance", 2, "such as size-share, and then=distance"),
    ("plot ranking --then distanc", 2, "is not one of 'rank', 'distance', 'peers'"),
    ("plot heat-map --then distance", 2, "it is drawn by ranking, tile-map"),
    ("plot ranking --then distance -o reference=Germny", 2, "unknown geo: 'Germny'"),
    ("plot ranking --then distance -o refernce=DE --format json", 2, "did you mean reference?"),
    ("plot ranking --then distance -o reference=MT", 3, "no geo MT (Malta); it has AT"),
    ("plot ranking --then peers -o geo=XX", 2, "unknown geo: 'XX'; did you mean XK?"),
    ("plot ranking --then peers -o geo", 2, "write key=value"),
    ("plot ranking --then peers", 2, "peers needs geo"),
    ("plot waffle -o of=EA20", 2, "waffle takes no option 'of'"),
    ("plot revisions --vintage 2026-11", 2, "leave the vintage out"),
    ("figures {home}/none.toml", 2, "cannot read"),
    ("report --source live", 3, "embedded snapshot"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "says"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_one_line_that_says_what_is_valid(run, home, line, code, says):
    found, out, err = run(line.format(press=shlex.quote(PRESS), home=home))
    assert (found, out) == (code, "")
    assert err.startswith("error: ") and err.count("\n") == 1
    assert says in err and "Traceback" not in err
    assert not (home / "x.lock").exists(), "nothing is written half"
