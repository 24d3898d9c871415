"""The pages in a real browser: they fit, ask for nothing, sort, filter and tell their values."""

import re

import pytest

pytestmark = pytest.mark.exhaustive

NAMES = ["report", "DE", "PT", "SI", "BG"]


@pytest.fixture
def show(browser, pages, folder):
    """Open a page in a window of its own; what it asked for and complained of is kept."""
    opened = []

    def go(name, width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        opened.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto((pages.get(name) or folder / name).as_uri())
        return page

    yield go
    for context in opened:
        context.close()


@pytest.mark.exhaustive(cases=8)
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", [*NAMES, "en/index.html"])
def test_nothing_sticks_out(show, name, width):
    page = show(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert page.locator(".scroll").evaluate_all(wide) == 0 or width > 360
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 14
    shown = page.locator("figure img:visible")
    assert shown.count() == page.locator("figure").count()
    assert all(n > 0 for n in shown.evaluate_all("all => all.map(i => i.naturalWidth)"))


@pytest.mark.parametrize("name", [*NAMES, "en/index.html"])
def test_asks_nothing_and_breaks_no_rule_of_its_own(show, name):
    page = show(name)
    page.wait_for_load_state("networkidle")
    asked = [url for url in page.asked if not url.startswith("data:")]
    assert asked == [page.url]
    assert page.said == []  # a style or script that the policy stops is told on the console


@pytest.mark.parametrize(
    ("name", "width"),
    [*((name, 1280) for name in [*NAMES, "de/index.html"]), ("DE", 360), ("en/index.html", 360)],
)
def test_axe_finds_no_violation(show, name, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not there")
    page = show(name, width, bypass_csp=True)  # the policy would keep axe's own script out
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    found = axe.Axe().run(page)
    assert len(found.response["passes"]) > 15  # it did look
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", ["report", "DE"])
def test_works_without_script(show, name):
    page = show(name, java_script_enabled=False)
    assert page.locator("th button, .filter, .tip").count() == 0
    assert page.locator("table").first.is_visible()
    assert page.locator("svg.marks.wide rect > title").first.text_content()
    chain = page.locator("details.chain").first
    assert not chain.locator("pre").is_visible()
    chain.locator("summary").click()
    assert "verdict:" in chain.locator("pre").inner_text()


def test_tables_sort_by_number_and_text(show):
    page = show("en/index.html")
    table = page.locator("table").first
    heading = table.locator("th", has_text="SME share")
    places = "all => all.map(row => row.cells[0].textContent)"
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert table.locator("tbody tr").evaluate_all(places) == ["Slovakia", "Slovenia"]
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert table.locator("tbody tr").evaluate_all(places) == ["Slovenia", "Slovakia"]
    table.locator("th", has_text="Place").get_by_role("button").press("Enter")
    assert heading.get_attribute("aria-sort") is None
    assert table.locator("tbody tr").evaluate_all(places) == ["Slovakia", "Slovenia"]


def test_tables_filter_and_say_how_many_are_left(show):
    page = show("PT")
    cells = page.locator("#withheld ~ .scroll table").first
    box = page.locator("#withheld ~ label.filter input").first
    total = cells.locator("tbody tr").count()
    box.fill("2024")
    assert cells.locator("tbody tr:visible").count() == 4
    assert page.get_by_text(re.compile(rf"^4 / {total} ")).is_visible()
    box.fill("")
    assert cells.locator("tbody tr:visible").count() == total


def test_a_mark_tells_its_value_on_hover(show):
    page = show("PT")
    figure = page.locator("#chart-trend figure")
    mark = figure.locator("svg.wide rect[aria-label^='2023']")
    mark.hover()
    assert figure.locator(".tip").inner_text() == "2023\xa0: 77,1\u202f%"
    box, tip = figure.bounding_box(), figure.locator(".tip").bounding_box()
    assert tip["x"] >= box["x"] - 1
    assert tip["x"] + tip["width"] <= box["x"] + box["width"] + 1
    page.mouse.move(0, 0)
    assert not figure.locator(".tip").is_visible()


@pytest.mark.parametrize(("width", "drawing"), [(1280, "wide"), (360, "narrow")])
def test_the_keyboard_goes_from_mark_to_mark(show, width, drawing):
    page = show("DE", width)
    marks = page.locator(f"#chart-trend svg.{drawing} rect")
    assert marks.locator("visible=true").count() == marks.count() > 3
    stops = marks.evaluate_all("all => all.filter(m => m.tabIndex === 0).length")
    assert stops == 1  # one stop of the tab key a chart
    marks.first.focus()
    tip = page.locator("#chart-trend .tip")
    first = tip.inner_text()
    assert first == marks.first.get_attribute("aria-label")
    page.keyboard.press("ArrowRight")
    assert tip.inner_text() == marks.nth(1).get_attribute("aria-label") != first
    page.keyboard.press("End")
    assert tip.inner_text() == marks.last.get_attribute("aria-label")
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_marks_lie_on_the_marks_of_the_picture(show):
    """A dot's colour is in the middle of its overlay: the two drawings are aligned."""
    page = show("DE")
    mark = page.locator("#chart-trend svg.wide rect").last
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    middle = {"x": box["x"] + box["width"] / 2 - 1, "y": box["y"] + box["height"] / 2 - 1}
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(page.screenshot(clip={**middle, "width": 2, "height": 2}))) as shot:
        red, _, blue = shot.convert("RGB").getpixel((1, 1))
    assert blue > red + 60  # the blue of a value, not the paper


@pytest.mark.parametrize("name", ["DE", "PT", "report"])
def test_prints_to_a4(show, name):
    page = show(name)
    raw = page.pdf(prefer_css_page_size=True)
    assert raw.startswith(b"%PDF")
    boxes = {m.decode() for m in re.findall(rb"/MediaBox \[([^\]]*)\]", raw)}
    assert boxes
    for box in boxes:
        wide, tall = (float(n) for n in box.split()[2:])
        assert (round(wide), round(tall)) == (595, 842)
    page.emulate_media(media="print")
    assert page.locator("label.filter, nav, .tip, svg.marks").locator("visible=true").count() == 0
    assert page.locator("figure img.narrow").locator("visible=true").count() >= 3
