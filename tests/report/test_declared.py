"""Figures declared by a document: drawn in parallel, the same bytes each time, stale ones named."""

import json

import pytest

from sme_stats.cli import main
from sme_stats.errors import InputError, NotAvailableError
from sme_stats.plotting.declared import FORMATS, check_figures, draw_figures, moved, read_figures

TWO = """
[defaults]
width = 5.0
[[figure]]
id = "share"
chart = "ranking"
year = 2023
[[figure]]
id = "people"
chart = "one-person"
geo = ["AT", "SK"]
year = [2023]
lang = "fr"
"""


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    file = tmp_path_factory.mktemp("declared") / "figures.toml"
    file.write_text(TWO, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def drawn(declared):
    out = declared.parent / "out"
    steps = []
    paths = draw_figures(
        read_figures(declared), out, 2, progress=lambda name, done, total: steps.append(done)
    )
    assert sorted(steps) == [1, 2]
    assert [p.name for p in paths] == [f"{i}.{f}" for i in ("share", "people") for f in FORMATS]
    return out


def test_the_same_bytes_on_every_run(declared, drawn, tmp_path):
    again = draw_figures(read_figures(declared), tmp_path, 1)
    for path in again:
        assert path.read_bytes() == (drawn / path.name).read_bytes(), path.name


def test_fresh_figures_are_fresh(declared, drawn):
    assert check_figures(read_figures(declared), drawn, 1) == []


def test_a_moved_cell_is_named(declared, drawn, tmp_path):
    for path in drawn.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    data = tmp_path / "people.csv"
    data.write_text(data.read_text("utf-8").replace("58.6", "57.6"), encoding="utf-8")
    (tmp_path / "share.svg").unlink()
    said = check_figures(read_figures(declared), tmp_path, 1)
    assert len(said) == 2
    assert said[0].startswith("share:")
    assert "missing" in said[0]
    assert "people: stale" in said[1]
    assert "geo=AT year=2023" in said[1]
    assert "value was 57.6" in said[1]


def test_a_changed_drawing_is_stale(declared, drawn, tmp_path):
    for path in drawn.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "share.svg").write_text("<svg/>", encoding="utf-8")
    assert check_figures(read_figures(declared), tmp_path, 1) == [
        "share: stale, its data are the same but the drawing differs"
    ]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("geo,value\nDE,1\n", "geo,flag\nDE,p\n", "its columns changed"),
        ("geo,value\nDE,1\n", "geo,value\nDE,1\nFR,2\n", "geo=FR is new"),
        ("geo,value\nDE,1\nFR,2\nIT,3\n", "geo,value\nFR,2\n", "geo=DE is gone, and 1 more"),
        ("geo,value\nDE,1\nFR,2\n", "geo,value\nFR,3\nDE,1\n", "geo=FR: value was 2, is 3"),
        ("geo,value\nDE,1\nFR,2\n", "geo,value\nFR,2\nDE,1\n", "its rows are in another order"),
        (
            "geo,vintage,value\nDE,a,1\n",
            "geo,vintage,value\nDE,b,1\n",
            "geo=DE: vintage was a, is b",
        ),
        ("geo,value\nDE,1\nDE,2\n", "geo,value\nDE,1\n", "it had 2 rows and has 1"),
        ("geo,value\nDE,1\nDE,2\n", "geo,value\nDE,1\nDE,3\n", "1 of its 2 rows changed"),
        ("x,value\na,1\n", "x,value\na,2\n", "1 of its 1 rows changed"),
    ],
)
def test_what_moved(before, after, said):
    assert moved(before, after) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[figure]\n", "not TOML"),
        ("", "declares no"),
        ('[[figure]]\nid = "a"\nchart = "rankin"\n', "did you mean ranking"),
        ('[[figure]]\nid = "../a"\nchart = "trend"\n', "file name without folders"),
        ('[[figure]]\nid = "a"\nchart = "trend"\ncolour = "red"\n', "unknown key 'colour'"),
        ('[[figure]]\nid = "a"\nchart = "trend"\nyear = "2023"\n', "year is int"),
        ('[[figure]]\nid = "a"\nchart = "trend"\n[[figure]]\nid = "a"\nchart = "trend"\n', "twice"),
    ],
)
def test_mistakes_name_file_and_figure(tmp_path, text, said):
    file = tmp_path / "figures.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        read_figures(file)
    assert "figures.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read_figures(tmp_path / "none.toml")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_figure_without_data_says_which(tmp_path, workers):
    file = tmp_path / "figures.toml"
    file.write_text(
        TWO + '[[figure]]\nid = "malta"\nchart = "births-deaths"\ngeo = "MT"\n', encoding="utf-8"
    )
    with pytest.raises(NotAvailableError, match=r"figure malta: .*MT"):
        draw_figures(read_figures(file), tmp_path / "out", workers, formats=("csv",))


def test_the_command(declared, drawn, capsys, tmp_path):
    with pytest.raises(SystemExit) as stopped:
        main(["figures", str(declared), "--out", str(drawn), "--check", "--workers", "1"])
    assert stopped.value.code == 0
    assert "2 figures, 0 stale" in capsys.readouterr().out
    with pytest.raises(SystemExit) as stopped:
        main(["figures", str(declared), "--out", str(tmp_path), "--check", "--format", "json",
              "--workers", "1"])  # fmt: skip
    assert stopped.value.code == 1
    assert len(json.loads(capsys.readouterr().out)["stale"]) == 2
