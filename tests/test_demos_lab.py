"""Every demo in a real JupyterLab: each of its controls is moved, and the picture becomes another."""

import nbformat
import pytest
from demo_browser import DemoPage
from labserver import Lab
from playwright.sync_api import expect

import nnteach as nt
from nnteach.demos.framework.demo import Demo

pytestmark = [pytest.mark.lab, pytest.mark.slow]


@pytest.fixture(scope="module")
def stage(lab_server, chromium):
    """One notebook in which every demo is shown in turn: a kernel for each would take minutes."""
    page = DemoPage(lab_server, chromium)
    yield page
    page.close()


# A demo that is drawn in the browser has tests of its own.
DRAWN_BY_PYTHON = [name for name in nt.demos.DEMOS if type(getattr(nt.demos, name)) is Demo]


@pytest.mark.parametrize("name", DRAWN_BY_PYTHON)
def test_every_control_changes_the_picture(stage, name):
    demo = getattr(nt.demos, name)
    stage.show(name)

    for control in demo.controls:
        stage.move(control)

    assert stage.say() != demo.say()


def test_the_play_button_runs_and_stops(stage):
    root = stage.show("parabola", steps=0)
    buttons = root.locator(".widget-play button")

    before = stage.picture()
    buttons.first.click()
    expect(root.locator("[aria-live]")).not_to_contain_text("after 0 steps")
    buttons.first.click()

    assert stage.picture() != before


def test_back_to_the_start_restores_the_picture(stage):
    root = stage.show("parabola")
    before = stage.picture()
    stage.move(nt.demos.parabola.controls[0])

    root.get_by_role("button", name="Back to the start").click()

    expect(root.locator("[aria-live]")).to_have_text(nt.demos.parabola.say())
    assert stage.picture() == before


@pytest.fixture(scope="module")
def saved(lab_server, chromium):
    """A notebook with a demo that was run, saved without its widgets as JupyterLab does it, its kernel shut down."""
    lab = Lab(lab_server, chromium)
    path = lab.write("saved-demo.ipynb", "import nnteach as nt\nnt.demos.parabola()")
    page = lab.open(path)
    lab.run_all(page)
    expect(page.locator(".nnteach-demo canvas.nnteach-picture")).to_be_visible()
    expect(page.locator(".nnteach-still")).to_be_hidden()  # one picture is enough
    lab.save(page)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    lab.close()
    return path


def test_a_saved_notebook_shows_the_picture_without_its_kernel(lab, saved):
    page = lab.open(saved)

    error = page.get_by_text("Error displaying widget")
    error.wait_for(state="attached")  # JupyterLab found no widget …
    expect(error).to_be_hidden()  # … and nobody sees its complaint
    check_the_still(page)


def test_a_notebook_by_somebody_else_shows_the_picture(lab, saved):
    notebook = nbformat.read(saved, as_version=4)
    notebook.metadata["author"] = "somebody else"  # no longer what was signed, so not trusted
    foreign = saved.with_name("foreign-demo.ipynb")
    nbformat.write(notebook, foreign)

    check_the_still(lab.open(foreign))


def test_a_notebook_made_into_a_page_shows_the_picture(lab, saved):
    lab.server.jupyter("nbconvert", "--to", "html", saved.name)
    lab.context.remove_listener("request", lab.note)  # nbconvert's own page asks for MathJax
    page = lab.context.new_page()
    page.route("**/*", lambda route: route.continue_() if local(route.request.url) else route.abort())
    page.goto(saved.with_suffix(".html").as_uri(), wait_until="domcontentloaded")

    check_the_still(page)


def check_the_still(page):
    picture = page.locator(".nnteach-still img, .jp-OutputArea-output img[alt]").first
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth > 1000; }")
    assert nt.demos.parabola.say() in picture.get_attribute("alt")


def local(url):
    return url.startswith(("file:", "data:", "blob:", "about:"))
