"""The report page: what it says, that it asks nothing of any server, and how a browser sees it."""

import html.parser
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sme_stats.errors import ClaimError, InputError
from sme_stats.report.page import write_report, write_whole

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


class Page(html.parser.HTMLParser):
    """Collects what a test asks of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.images, self.links, self.ids, self.words = [], [], [], [], []
        self.feed(text)
        self.text = re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if tag == "img":
            self.images.append(attrs)
        if tag == "a":
            self.links.append(attrs.get("href", ""))
        if "id" in attrs:
            self.ids.append(attrs["id"])

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    steps = []
    out = tmp_path_factory.mktemp("report") / "deep" / "report.html"
    path = write_report(out, progress=lambda step, done, total: steps.append((done, total)))
    assert steps[0][0] == 0
    assert steps[-1][0] == steps[-1][1]
    return path


@pytest.fixture(scope="module")
def page(written):
    return Page(written.read_text(encoding="utf-8"))


def test_five_statements_with_their_verdicts(page):
    verdicts = re.findall(r"[✗✓?–] (refuted|holds|undecided|unavailable)", page.text)
    assert verdicts[:5] == ["refuted", "refuted", "refuted", "unavailable", "refuted"]


@pytest.mark.parametrize(
    "said",
    [
        "33,065,522",
        "0.164 %",
        "63.41 %",
        "refuted as rounded, holds as truncated",
        "holds as trailing zero not meant",
        "57.65 %",
        "EU27_2007",
        "held in 2005 (EU27_2007)",
        "Partial aggregate, not the EU",
        "rounding explains it",
        "+1,772",
        "-425.86",
        "CC BY 4.0",
        "© European Union",
    ],
)
def test_says(page, said):
    assert said in page.text


def test_class_sum_of_the_union_is_reported(page):
    assert re.search(r"European Union \(27 countries from 2020\) 2023 enterprises \+1 ", page.text)


def test_every_chart_has_alt_text_in_words(page):
    assert len(page.images) == 12
    for image in page.images:
        assert len(image["alt"]) > 60
        assert image["src"].startswith("data:image/svg+xml;base64,")


def test_asks_nothing_of_any_server(written, page):
    text = written.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert not re.search(r"(?:src|srcset)=\"(?!data:)", text)
    assert not re.search(r"url\((?!#)", re.sub(r"base64,[^\"]+", "", text))


def test_links_inside_the_page_lead_somewhere(page):
    inside = [link[1:] for link in page.links if link.startswith("#")]
    assert inside
    assert set(inside) <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)


def test_the_same_figures_give_the_same_page(written, tmp_path):
    again = write_report(tmp_path / "again.html")
    assert again.read_bytes() == written.read_bytes()


def test_texts_of_a_claims_file_are_escaped(tmp_path, monkeypatch):
    monkeypatch.setattr("sme_stats.report.content.CHARTS", {})  # the statements are enough
    claims = tmp_path / "evil.toml"
    claims.write_text(
        '[document]\ntitle = "<script>alert(1)</script>{{ 7*7 }}"\n[[claim]]\nid = "x"\n'
        'quote = "<img src=x onerror=alert(1)>"\nprinted = "58%"\nstatistic = "share"\n'
        'measure = "persons_employed"\nsize = "SME"\ngeo = "DE"\nyear = 2023\n',
        encoding="utf-8",
    )
    text = write_report(tmp_path / "r.html", [claims]).read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img src=x" not in text
    assert "{{ 7*7 }}" in text


def test_a_broken_claims_file_writes_nothing(tmp_path):
    claims = tmp_path / "broken.toml"
    claims.write_text("[[claim]\n", encoding="utf-8")
    with pytest.raises(ClaimError):
        write_report(tmp_path / "r.html", [claims])
    assert [p.name for p in tmp_path.iterdir()] == ["broken.toml"]


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        write_whole(tmp_path / "file" / "r.html", "text")


@pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: the page is not rendered"
)
@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_sticks_out_in_a_browser(written, tmp_path, width):
    """At a phone's and a desktop's width the page itself never scrolls sideways."""
    probe = tmp_path / "probe.html"
    frame = (
        f'<iframe id="f" src="{written.as_uri()}" style="width:{width}px;height:900px;border:0">'
        "</iframe><pre id=out></pre><script>"
        "document.getElementById('f').onload=e=>{const d=e.target.contentDocument;"
        "document.getElementById('out').textContent=JSON.stringify({"
        "wide:d.documentElement.scrollWidth,images:[...d.images].filter(i=>!i.naturalWidth).length,"
        "font:parseFloat(getComputedStyle(d.body).fontSize)})}</script>"
    )
    probe.write_text(frame, encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--allow-file-access-from-files", "--virtual-time-budget=8000",
         f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", Path(probe).as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    found = json.loads(re.search(r"<pre id=\"out\">(.*?)</pre>", done.stdout)[1])
    assert found["wide"] <= width
    assert found["images"] == 0
    assert found["font"] >= 14
