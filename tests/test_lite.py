"""The course in JupyterLite, in a real browser without a network: what works there without a kernel."""

import functools
import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import lite
import pytest
from browser import PLAYER

pytest.importorskip("jupyterlite_core", reason="needs the extra lite")
LESSON = "notebooks/02_x_plus_y_times_z.ipynb"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing about each request."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The built site, served; without the wheels, which only a kernel asks for."""
    work, site = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("lite")
    lite.build(work, site, [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(address, chromium):
    """`visit(path)` opens a file of the course in JupyterLite; Pyodide, which lies elsewhere, cannot be reached."""
    context = chromium.new_context(viewport={"width": 1024, "height": 768})
    context.set_default_timeout(90_000)  # JupyterLite is large
    elsewhere = lambda url: url.startswith("http") and not url.startswith(address)  # noqa: E731
    context.route(elsewhere, lambda route: route.abort())

    def open_file(path):
        page = context.new_page()
        page.goto(f"{address}/lab/index.html?path={path}")
        return page

    yield open_file
    context.close()


def test_a_notebook_is_as_a_server_hands_it_out(tmp_path):
    import nbformat

    path = lite.contents(tmp_path) / LESSON
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert all(isinstance(cell["source"], str) for cell in cells)
    assert all(cell["metadata"]["trusted"] for cell in cells if cell["cell_type"] == "code")
    read = [nbformat.read(each, as_version=4) for each in (path, lite.covered.ROOT / LESSON)]  # without `trusted`
    assert read[0] == read[1]


@pytest.mark.slow
def test_the_course_page_leads_to_a_lesson_whose_player_steps(visit):
    page = visit("course.md")
    page.get_by_role("link", name="Three numbers").click()
    frame = page.locator(".jp-NotebookPanel iframe").first
    frame.wait_for()
    player = frame.content_frame.locator(PLAYER)
    player.focus()
    page.keyboard.press("ArrowRight")
    assert player.get_attribute("data-step") == "1"


@pytest.mark.slow
def test_a_lecture_begins_with_its_key(visit):
    page = visit(LESSON)
    page.locator(".jp-NotebookPanel h1").first.wait_for()
    page.get_by_role("button", name="Lecture (F2)").click()
    page.locator(".nnteach-lecture-bar").get_by_role("status").filter(has_text="1 of ").wait_for()
    page.keyboard.press("PageDown")
    page.locator(".nnteach-lecture-bar").get_by_role("status").filter(has_text="2 of ").wait_for()
    page.keyboard.press("F2")
    page.locator(".nnteach-lecture-bar").wait_for(state="detached")
