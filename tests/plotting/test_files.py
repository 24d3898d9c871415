"""Files: the same bytes every time, text as text, data that reads back."""

from __future__ import annotations

import io
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sme_stats import plotting
from sme_stats.errors import InputError, UnknownNameError

pytestmark = pytest.mark.exhaustive(cases=20)

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.exhaustive(cases=8)
def test_svg_is_the_same_bytes_again(written):
    again, _, svg = written
    assert again().svg() == svg


def test_png_is_the_same_bytes_twice(cases):
    one = cases["trend of four"]()
    assert one.png() == one.png() == cases["trend of four"]().png()


def test_svg_is_the_same_in_another_process(cases):
    code = (
        "import sys; from sme_stats import load, plotting\n"
        "from sme_stats.indicators.shares import size_structure\n"
        "cells = load('sbs_sc_ovw', geo='EE', year=2023)\n"
        "sys.stdout.buffer.write(plotting.size_structure(size_structure(cells)).svg().encode())"
    )
    for seed in ("1", "2"):
        env = {"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "HOME": "/tmp"}
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env)
        assert run.stdout.decode() == cases["structure"]().svg()


def test_svg_holds_text_as_text_and_describes_itself(written):
    _, chart, svg = written
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == chart.title
    assert root.find(f"{SVG}desc").text == chart.alt
    written = ["".join(t.itertext()) for t in root.iter(f"{SVG}text")]
    for line in (t.get_text() for t in chart.axes.texts if t.get_gid() == "title-0"):
        assert line in written


def test_svg_has_no_date_version_or_path(written):
    svg = written[2]
    for word in ("dc:date", "Matplotlib v", "/work", "/home", "<image"):
        assert word not in svg


def test_identifiers_differ_between_charts(cases):
    ids = [
        {e.get("id") for e in ET.fromstring(cases[name]().svg()).iter() if e.get("id")}
        for name in ("ranking", "trend", "structure")
    ]
    assert not ids[0] & ids[1]
    assert not ids[0] & ids[2]


def test_every_reference_within_the_svg_is_there(written):
    import re

    svg = written[2]
    known = set(re.findall(r'\bid="([^"]+)"', svg))
    used = set(re.findall(r'href="#([^"]+)"', svg)) | set(re.findall(r"url\(#([^)]+)\)", svg))
    assert used <= known


def test_png_tells_the_alt_text_and_no_software(cases):
    chart = cases["ranking"](lang="de")
    with Image.open(io.BytesIO(chart.png())) as image:
        assert image.text == {"Title": chart.title, "Description": chart.alt}
        assert image.width == round(200 * chart.figure.get_figwidth())


def test_pdf_is_the_same_bytes_twice(cases):
    one, two = cases["structure"](), cases["structure"]()
    assert one.pdf() == two.pdf()
    assert b"CreationDate" not in one.pdf()


def test_csv_reads_back_as_the_data(seen):
    chart = seen()
    texts = dict.fromkeys(("size", "value", "lower", "upper"), str)
    read = pd.read_csv(io.StringIO(chart.csv()), dtype=texts, keep_default_na=False)
    assert list(read.columns) == list(chart.data.columns)
    for name in ("value", "lower", "upper"):
        if name in chart.data.columns:
            printed = [float(text or "nan") for text in read[name]]
            np.testing.assert_array_equal(printed, chart.data[name].to_numpy(dtype=float))
    assert read.iloc[:, 0].astype(str).tolist() == chart.data.iloc[:, 0].astype(str).tolist()


@pytest.mark.parametrize("name", ["ranking", "claim", "small multiples"])
def test_save_writes_all_four(cases, name, tmp_path):
    chart = cases[name](width=4.0)
    paths = chart.save(tmp_path / "deep" / "figure.v1")
    assert [p.name for p in paths] == [f"figure.v1.{e}" for e in ("svg", "png", "csv", "txt")]
    assert paths[0].read_text(encoding="utf-8") == chart.svg()
    assert paths[1].read_bytes() == chart.png()
    assert paths[2].read_text(encoding="utf-8") == chart.csv()
    assert paths[3].read_text(encoding="utf-8") == chart.alt + "\n"
    assert len(list(paths[0].parent.iterdir())) == 4


def test_save_takes_one_format(cases, tmp_path):
    (path,) = cases["claim"]().save(str(tmp_path / "claim"), "svg")
    assert path == tmp_path / "claim.svg"


def test_save_refuses_unknown_formats_before_writing(cases, tmp_path):
    with pytest.raises(UnknownNameError, match="unknown format of a chart: 'gif'"):
        cases["claim"]().save(tmp_path / "claim", ("svg", "gif"))
    assert list(tmp_path.iterdir()) == []


def test_save_into_no_folder_says_so(cases, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot write .*name a folder you may write to"):
        cases["claim"]().save(tmp_path / "file" / "claim", "txt")


def test_save_over_a_folder_leaves_nothing_behind(cases, tmp_path):
    (tmp_path / "claim.txt").mkdir()
    with pytest.raises(InputError, match="cannot write"):
        cases["claim"]().save(tmp_path / "claim", "txt")
    assert [p.name for p in tmp_path.iterdir()] == ["claim.txt"]


def test_the_registry_has_every_chart():
    assert set(plotting.CHARTS) == {
        "size_structure", "ranking", "one_person", "trend", "births_deaths", "claim_against_data",
        "definition_map",
        "small_multiples", "heat_map", "tile_map", "waffle", "lorenz_curve", "survival_curves",
        "slope", "productivity_gap", "revisions", "contributions", "shift_share",
        "convergence",
    }  # fmt: skip
    assert plotting.CHARTS["ranking"] is plotting.ranking
    assert set(plotting.__all__) <= set(dir(plotting))
    assert plotting.Chart.__name__ == "Chart"
    with pytest.raises(AttributeError, match="no attribute 'pie'"):
        _ = plotting.pie


def test_importing_the_namespace_imports_no_matplotlib():
    code = "import sys, sme_stats.plotting; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
