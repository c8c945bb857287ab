"""The static site: every link leads somewhere, players step in a browser, and nothing is asked of the network."""

import itertools

import build
import cells
import links
import lite
import prose
import pytest
import shell
import site_sweep

import nnteach as nt

# One page of each kind; `python tests/site_sweep.py` visits all of them.
WITH_PLAYERS = ("index.html", "lessons/02_x_plus_y_times_z.html", "gallery.html")
WITH_QUESTIONS = ("lessons/12_gradient_checking.html",)
PAGES = (*WITH_PLAYERS, *WITH_QUESTIONS, "lessons/index.html", "exercises/06_relu_net.html", "decks/001.html",
         "errata.html", "compare.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    build.build(folder, pictures=False)
    return folder


@pytest.fixture
def visit(chromium, site):
    """`visit(name, **context)` opens a page; afterwards no request may have left and no error been reported."""
    contexts, asked, errors = [], [], []

    def go(name, **context):
        contexts.append(chromium.new_context(**({"viewport": {"width": 1024, "height": 768}} | context)))
        page = contexts[-1].new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((site / name).as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith((site.as_uri(), "data:", "blob:", "about:"))] == []
    assert errors == []


# ----------------------------------------------------------------------------------------------- without a browser


def test_no_link_leads_nowhere(site):
    assert links.broken(site) == []


def test_there_is_a_page_for_every_lesson_exercise_and_deck(site):
    for kind, folder in build.FOLDERS.items():
        for notebook in build.covered.notebooks(folder):
            page = (site / kind / f"{notebook.name}.html").read_text(encoding="utf-8")
            assert f'<section id="{notebook.cells[0]["id"]}" class="prose">' in page
    assert all((site / "decks" / f"{deck}.html").is_file() for deck in build.DECKS)


def test_the_lessons_follow_each_other(site):
    lessons = build.notebook_pages("lessons")[1:]
    assert lessons[0].before is None and lessons[-1].after is None
    for one, other in itertools.pairwise(lessons):
        assert one.after == (other.path, other.title) and other.before == (one.path, one.title)


@pytest.mark.parametrize("text, problem", [
    ('<a href="missing.html">', "missing.html does not exist"), ('<a href="#there">', "names a place"),
    ('<img src="https://example.org/a.png">', "is loaded from elsewhere"),
    ('<link href="//example.org/a.css">', "does not exist"),
])
def test_a_broken_link_is_found(tmp_path, text, problem):
    (tmp_path / "page.html").write_text(f'<p id="here">{text}', encoding="utf-8")
    (found,) = links.broken(tmp_path)
    assert found.startswith("page.html: ") and problem in found


def test_good_links_are_left_alone(tmp_path):
    (tmp_path / "a b.html").write_text('<p id="x"><a href="a%20b.html#x"></a><a href="https://example.org"></a>'
                                       '<a href="#x"></a><img src="data:,">', encoding="utf-8")
    assert links.broken(tmp_path) == []


def test_the_command_says_what_is_broken_and_fails(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(build, "build", lambda folder, pictures: [])
    (tmp_path / "page.html").write_text('<a href="gone.html">', encoding="utf-8")
    assert build.main(["-o", str(tmp_path)]) == 1 and "gone.html" in capsys.readouterr().err


def test_a_gap_stands_in_plain_sight():
    item = build.covered.Item("000-99", "A <thing>")
    assert build._row(item).startswith('<tr id="000-99" class=gap>') and "A &lt;thing&gt;" in build._row(item)


def test_mathematics_becomes_mathml_and_markup_in_prose_is_text():
    shown = prose.to_html("$\\frac{a}{b} \\mathrel{+}= 1$ and <script>alert(1)</script>")
    assert "<mfrac>" in shown and "+=" in shown and "<script" not in shown


def test_code_of_an_unknown_language_is_shown_as_text():
    assert "x &lt; y" in prose.highlighted("x < y", "nosuchlanguage")


def test_the_most_telling_form_of_an_output_is_shown():
    def cell(**data):
        return {"id": "abc", "cell_type": "code", "source": ["1"], "metadata": {},
                "outputs": [{"output_type": "execute_result", "data": data}]}
    both = {"text/plain": "a<b", "text/html": "<table><tr><th scope=\"col\"></th></tr></table>"}
    assert "<td></td>" in cells.to_html([cell(**both)]) and "a&lt;b" not in cells.to_html([cell(**both)])
    assert "a&lt;b" in cells.to_html([cell(**{"text/plain": "a<b"})])


def test_a_link_is_relative_to_its_page():
    assert shell.link("lessons/a.html", "site.css") == "../site.css" and shell.link("a.html", "b/c.html") == "b/c.html"


def test_what_needs_a_framework_is_left_out_of_the_browser_only_course(tmp_path):
    names = {path.stem for path in lite.contents(tmp_path).rglob("*.ipynb")}
    assert "06_relu_net" in names and not names & {"tf_basics", "pytorch_five_steps", "distributed_search"}


def test_the_citation_has_the_version_and_the_licence_of_the_package():
    said = (build.ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {nt.__version__}\n" in said and "license: MIT\n" in said


# --------------------------------------------------------------------------------------------------- in a browser


@pytest.mark.parametrize("name, scheme", [(name, "light") for name in PAGES]
                         + [(name, "dark") for name in ("index.html", WITH_PLAYERS[1], "decks/001.html")])
def test_the_sweep_of_a_page_finds_nothing(chromium, site, name, scheme):
    sweep = site_sweep.Sweep(chromium, site, color_scheme=scheme)
    sweep.visit(name)
    sweep.close()
    assert sweep.found == []
    assert sweep.counts["players"] >= (name in WITH_PLAYERS) and sweep.counts["questions"] >= (name in WITH_QUESTIONS)


@pytest.mark.parametrize("body, problem", [
    ('<img src="data:,">', "axe-core, page: image-alt"),
    ("<script>nothing()</script>", "error: nothing is not defined"),
    ("<script>console.error('oh')</script>", "console: oh"),
    ('<p style="width: 2000px">wide', "wider than a window of 390 px"),
    ('<img alt="" src="http://127.0.0.1:9/x.png">', "asks for http://127.0.0.1:9/x.png"),
    ('<div class="nnteach-output"></div>', "an output stays still"),
    ("<iframe title=f srcdoc='<form><label>a<input type=radio></label><button type=button>b</button><p role=status>?'>",
     "0 right options"),
    ("<iframe title=f srcdoc='<div tabindex=0 data-nnteach-player data-step=4 data-steps=7>player'>",
     "a player stands at step 4 after Home, not at 0"),
])
def test_the_sweep_finds_what_is_wrong(chromium, tmp_path, body, problem):
    head = "<!doctype html><html lang=en><title>t</title><main><h1>t</h1>"
    (tmp_path / "page.html").write_text(head + body, encoding="utf-8")
    sweep = site_sweep.Sweep(chromium, tmp_path)
    sweep.patience = 1_000  # the only output there is here never comes
    sweep.visit("page.html")
    sweep.close()
    assert [found for found in sweep.found if found.startswith("page.html: ") and problem in found]


def test_the_pages_of_a_sweep_are_chosen_by_how_their_paths_begin(site):
    assert set(site_sweep.pages_of(site)) > set(site_sweep.pages_of(site, ["decks"])) >= {"decks/001.html"}


def test_the_theme_is_kept_and_the_player_follows(visit):
    page = visit("index.html", color_scheme="light")
    page.get_by_role("button", name="Dark or light", exact=True).click()
    player = page.locator(".nnteach-output iframe").content_frame
    player.locator("html[data-theme=dark]").wait_for()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_keyboard_reaches_the_text_first_and_then_the_menu(visit):
    page = visit("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the text"
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html#main")


def test_from_lesson_to_lesson(visit):
    first, second = build.notebook_pages("lessons")[1:3]
    page = visit(first.path)
    page.locator("a[rel=next]").click()
    page.wait_for_url(f"**/{second.path}")
    assert page.title().startswith(second.title)


def test_a_lecture_shows_one_idea_at_a_time_and_goes_on_into_the_next_lesson(visit):
    first, second = build.notebook_pages("lessons")[1:3]
    page = visit(first.path)
    shown = page.locator("main > section:visible")
    everything = shown.count()
    page.keyboard.press("F2")
    title = page.locator("section h1")
    assert title.is_visible() and shown.count() < everything / 5
    page.keyboard.press("PageDown")
    assert not title.is_visible() and shown.count() >= 1
    page.keyboard.press("PageUp")
    assert title.is_visible() and page.get_by_role("status").text_content().startswith("1 of ")
    page.keyboard.press("F2")
    assert shown.count() == everything
    page.keyboard.press("F2")
    ideas = int(page.get_by_role("status").text_content().split(" of ")[1])
    for _ in range(ideas):
        page.keyboard.press("PageDown")
    page.wait_for_url(f"**/{second.path}#lecture")
    assert page.get_by_role("status").text_content().startswith("1 of ")


def test_a_player_steps_in_a_lecture_and_axe_finds_nothing(visit):
    from axe_playwright_python.sync_playwright import Axe

    page = visit("lessons/02_x_plus_y_times_z.html")
    page.get_by_role("button", name="Lecture (F2)").click()
    output = page.locator("main > section:visible .nnteach-output")
    while output.count() == 0:  # the picture: the player comes into its place a little later
        page.get_by_role("button", name="On →").click()
    frame = output.locator("iframe")
    player = frame.content_frame.locator("[data-nnteach-player]")
    player.focus()
    page.keyboard.press("ArrowRight")
    assert player.get_attribute("data-step") == "1"
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    page.keyboard.press("End")
    page.keyboard.press("PageDown")
    frame.wait_for(state="hidden")  # a clicker that finds no more steps turns the page


def test_a_lecture_on_the_site_blanks_the_wall_keeps_the_place_and_hears_no_foreign_frame(visit):
    page = visit("lessons/02_x_plus_y_times_z.html")
    page.keyboard.press("F2")
    for _ in range(4):
        page.keyboard.press("PageDown")
    status = page.get_by_role("status")
    assert status.text_content().startswith("5 of ")
    for key in ("b", "."):
        page.keyboard.press(key)
        box = page.locator(".nnteach-lecture-blank").bounding_box()
        assert (box["width"], box["height"]) == (1024, 768)
        page.keyboard.press("PageDown" if key == "b" else "PageUp")
        assert page.locator(".nnteach-lecture-blank").count() == 0
    assert status.text_content().startswith("5 of ")
    page.evaluate("""async () => {
        const frame = document.createElement("iframe");
        frame.srcdoc = "<script>parent.postMessage(JSON.stringify({ method: 'next' }), '*')</" + "script>";
        document.querySelector("main > section:not([hidden])").append(frame);
        await new Promise((done) => frame.addEventListener("load", () => setTimeout(done, 300)));
    }""")
    assert status.text_content().startswith("5 of ")
    words = page.locator("main > section:visible").first.inner_text()
    page.keyboard.press("F2")
    section = page.locator("main > section", has_text=words[:30]).first
    top = section.evaluate("each => each.getBoundingClientRect().top")
    assert -50 <= top < 600  # where the lecture was
