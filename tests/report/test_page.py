"""The report page: what it says, that it asks nothing of any server, and how a browser sees it."""

import base64
import hashlib
import html.parser
import re

import pytest
from markupsafe import escape

from sme_stats.claims.documents.chain import explain
from sme_stats.claims.files import read_claims
from sme_stats.claims.space import embedded
from sme_stats.claims.verdicts import check_one
from sme_stats.errors import ClaimError, InputError
from sme_stats.places import data_dir
from sme_stats.report.page import write_report, write_whole
from sme_stats.report.sheets import write_sheet


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
def written(pages):
    return pages["report"]


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
    assert len(page.images) == 2 * 12  # a wide and a narrow drawing each
    for image in page.images:
        assert len(image["alt"]) > 60
        assert image["src"].startswith("data:image/svg+xml;base64,")


def test_asks_nothing_of_any_server(written, page):
    text = written.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not {"link", "iframe", "object", "form", "base"} & set(page.tags)
    assert not re.search(r"(?:src|srcset)=\"(?!data:)", text)
    assert not re.search(r"url\((?!#)", re.sub(r"base64,[^\"]+", "", text))


def test_the_policy_lets_only_the_pages_own_style_and_script_through(written):
    text = written.read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)[1]
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (inside,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.S)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", text)


def test_the_chain_is_that_of_check_explain(written):
    claims = read_claims(data_dir() / "claims" / "press-2023.toml")
    space = embedded()
    text = written.read_text(encoding="utf-8")
    for claim in claims:
        chain = explain(check_one(claim, space), space).replace(f"{data_dir() / 'claims'}/", "")
        assert str(escape(chain)) in text
    assert str(data_dir()) not in text  # no folder of the machine that wrote the page


def test_links_inside_the_page_lead_somewhere(page):
    inside = [link[1:] for link in page.links if link.startswith("#")]
    assert inside
    assert set(inside) <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)


def test_the_same_figures_give_the_same_page(written, tmp_path):
    steps = []
    out = tmp_path / "deep" / "again.html"
    again = write_report(out, progress=lambda step, done, total: steps.append((done, total)))
    assert again.read_bytes() == written.read_bytes()
    assert steps[0][0] == 0
    assert steps[-1][0] == steps[-1][1]


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
    assert text.count("<script") == 1
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "{{ 7*7 }}" in text


def test_an_address_that_is_no_web_page_is_no_link(tmp_path, monkeypatch):
    monkeypatch.setattr("sme_stats.report.content.CHARTS", {})
    claims = tmp_path / "evil.toml"
    claims.write_text(
        '[document]\ntitle = "t"\nurl = "javascript:alert(1)"\n[[claim]]\nid = "x"\n'
        'printed = "58%"\nstatistic = "share"\nmeasure = "persons_employed"\nsize = "SME"\n'
        'geo = "DE"\nyear = 2023\n',
        encoding="utf-8",
    )
    for page in (
        write_report(tmp_path / "r.html", [claims]),
        write_sheet("DE", tmp_path / "s.html", claims=[claims]),
    ):
        assert "javascript:" not in page.read_text(encoding="utf-8")


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
