"""What a student sees who typed `nnteach lab`, and what a saved notebook keeps: in a real JupyterLab."""

import nbformat
import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.lab, pytest.mark.slow]

PLAYER = """\
import nnteach as nt
x, y, z = nt.variables(x=-2, y=5, z=-4)
q = (x + y).named("q")
f = (q * z).named("f")
nt.step(f)"""
GRADIENTS = {"x": "-4.0", "y": "-4.0", "z": "3.0", "q": "-4.0"}


def test_cells_run_and_their_output_is_shown(lab):
    cells = ("6 * 7", "import nnteach as nt\nx, = nt.variables(x=3)\n(x * x).value")
    page = lab.open(lab.write("tiny.ipynb", *cells))

    outputs = lab.run_all(page)

    assert [cell[0]["data"]["text/plain"] for cell in outputs] == ["42", "9.0"]
    expect(page.locator(".jp-OutputArea-output").first).to_contain_text("42")  # drawn after the cell was run
    assert page.locator(".Toastify__toast").count() == 0  # no news, no question about updates


def test_a_failing_cell_is_a_failure(lab):
    page = lab.open(lab.write("failing.ipynb", "1 / 0"))

    with pytest.raises(AssertionError, match="cell 0: ZeroDivisionError"):
        lab.run_all(page)


def test_a_fresh_copy_of_a_lesson_can_be_played_before_it_is_run(lab):
    page = lab.open(lab.server.folder / "notebooks" / "02_x_plus_y_times_z.ipynb")

    steps_to_the_end(page.frame_locator("iframe").first)


@pytest.fixture
def saved(lab, request):
    """A notebook with a player that was run once and saved, as its author leaves it."""
    path = lab.write(f"{request.node.name}.ipynb", PLAYER)
    page = lab.open(path)
    lab.run_all(page)
    steps_to_the_end(page.frame_locator("iframe"))
    lab.save(page)
    page.close()
    return path


def test_a_saved_notebook_can_be_played_without_running_it(lab, saved):
    page = lab.open(saved)

    steps_to_the_end(page.frame_locator("iframe"))
    assert page.locator(".jp-InputPrompt").first.inner_text() == "[1]:"  # as it was saved


def test_a_notebook_by_somebody_else_shows_the_picture(lab, saved):
    notebook = nbformat.read(saved, as_version=4)
    notebook.metadata["author"] = "somebody else"  # no longer what was signed, so not trusted
    nbformat.write(notebook, saved)

    page = lab.open(saved)

    picture = page.locator(".jp-OutputArea-output img")
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth > 100; }")
    assert "q" in picture.get_attribute("alt")
    assert page.locator(".jp-OutputArea-output iframe").count() == 0


def test_two_views_of_one_output_step_each_by_itself(lab, saved):
    page = lab.open(saved)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:create-output-view')")
    view, cell = page.frame_locator(".jp-LinkedOutputView iframe"), page.frame_locator(".jp-NotebookPanel iframe")

    view.locator("[data-nnteach-player]").press("ArrowRight")

    expect(view.locator("[data-nnteach-player]")).to_have_attribute("data-step", "1")
    expect(cell.locator("[data-nnteach-player]")).to_have_attribute("data-step", "0")
    steps_to_the_end(cell)


QUIZ = 'nt.quiz("2 + 2 = ?", ("4", True, "Two pairs."), ("5", False, "Count again."))'
LIVE = "nt.step(f).live()"
THEMES = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
SCHEME = "one => getComputedStyle(one).colorScheme"


def has_theme(page, theme):
    """Wait until all that is shown is light, or dark."""
    shown = [page.frame_locator(".nnteach-output iframe").first.locator("[data-nnteach-player]"),
             page.locator("[data-nnteach-player]"), page.frame_locator(".nnteach-quiz iframe").locator("html")]
    for one in shown:
        expect(one).to_have_attribute("data-theme", theme)
        assert one.evaluate(SCHEME) == theme


def test_what_is_open_follows_the_theme_of_jupyterlab(lab):
    """Players in frames, live ones and quizzes, those open already, which keep their step, and those shown later."""
    page = lab.open(lab.write("theme.ipynb", PLAYER, LIVE, QUIZ))
    page.set_viewport_size({"width": 1400, "height": 2600})
    lab.run_all(page)
    try:
        has_theme(page, "light")
        player = page.frame_locator(".nnteach-output iframe").first.locator("[data-nnteach-player]")
        player.press("ArrowRight")
        for name, theme in [("JupyterLab Dark", "dark"), ("JupyterLab Light", "light"), ("JupyterLab Dark", "dark")]:
            page.evaluate(THEMES, name)
            has_theme(page, theme)
        expect(player).to_have_attribute("data-step", "1")
        lab.run_all(page)
        has_theme(page, "dark")

        # One chosen in a player stays; from there one comes back to that of the page around.
        for chosen, shown in [("light", "light"), ("dark", "dark"), ("automatic", "light")]:
            page.evaluate(THEMES, "JupyterLab Dark")
            player.locator("[data-action=theme]").click()
            expect(player.locator("[data-action=theme]")).to_have_attribute("aria-label", f"Light or dark: {chosen}")
            page.evaluate(THEMES, "JupyterLab Light")
            expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")
            expect(player).to_have_attribute("data-theme", shown)
    finally:
        page.evaluate(THEMES, "JupyterLab Light")


def test_the_player_is_there_after_scrolling_away_and_back(lab):
    page = lab.open(lab.write("long.ipynb", PLAYER, *["print('line\\n' * 20)"] * 20))
    lab.run_all(page)

    for row in (20, 0):
        page.evaluate("row => window.jupyterapp.shell.currentWidget.content.scrollToItem(row, 'center')", row)
        page.wait_for_timeout(500)  # JupyterLab takes cells out of the page when it is idle

    steps_to_the_end(page.frame_locator("iframe"))


def test_a_notebook_made_into_a_page_can_be_played_offline(lab, saved):
    lab.server.jupyter("nbconvert", "--to", "html", saved.name)
    asked = []
    page = lab.context.new_page()
    page.route("**/*", lambda route: route.continue_() if is_local(route.request.url) else route.abort())
    page.on("request", lambda request: is_local(request.url) or asked.append(request.url))
    lab.context.remove_listener("request", lab.note)  # nbconvert's own page asks for MathJax

    page.goto(saved.with_suffix(".html").as_uri(), wait_until="domcontentloaded")

    steps_to_the_end(page.frame_locator("iframe"))
    assert all("mathjax" in url.lower() or "require" in url.lower() for url in asked), asked


def test_a_saved_notebook_can_be_played_and_run_in_notebook_7(lab, saved):
    """Notebook 7, where it is installed, is served beside JupyterLab."""
    pytest.importorskip("notebook", "7")
    page = lab.context.new_page()
    page.goto(f"{lab.server.address}notebooks/{saved.name}?token={lab.server.token}")
    steps_to_the_end(page.frame_locator("iframe"))
    player = page.frame_locator("iframe").locator("[data-nnteach-player]")
    player.press("End")

    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    expect(player).to_have_attribute("data-step", "0", timeout=60_000)  # a new output: the old one is at its end
    steps_to_the_end(page.frame_locator("iframe"))


def is_local(url):
    return url.startswith(("file:", "data:", "blob:", "about:"))


def steps_to_the_end(frame):
    """Press End in the player and read the gradients from its document, then go back to the start."""
    player = frame.locator("[data-nnteach-player]")
    player.wait_for()  # as long as the page may take, with all that must be loaded before
    expect(player).to_have_attribute("data-step", "0")
    player.press("End")
    expect(player).to_have_attribute("data-phase", "done")
    for name, gradient in GRADIENTS.items():
        expect(frame.locator(f'[data-node="{name}"]').first).to_have_attribute("data-grad", gradient)
    player.press("Home")
    expect(player).to_have_attribute("data-step", "0")
