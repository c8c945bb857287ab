"""A notebook as a Voilà page, in a real Chromium: the player in its output, and the live one beside ipywidgets."""

import os
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import nbformat
import pytest
from labserver import KERNEL
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect
from test_lab import PLAYER, steps_to_the_end

pytest.importorskip("voila")
pytestmark = [pytest.mark.lab, pytest.mark.slow]

LIVE = """\
import ipywidgets as widgets
live = nt.step(f, predict="all").live()
chosen = widgets.IntSlider(description="step", max=7)
heard = widgets.HTML()
widgets.jslink((chosen, "value"), (live, "step"))
def hear(change):
    heard.value = f"Python heard {change['new'][-1]['said']}: {change['new'][-1]['verdict']}"
live.observe(hear, "attempts")
widgets.VBox([chosen, heard, live])"""


@pytest.fixture(scope="module")
def voila(tmp_path_factory):
    """The address of a Voilà page with two cells: a player as it is shown by default, and a live one with controls."""
    home = tmp_path_factory.mktemp("voila")
    cells = [new_code_cell(source) for source in (PLAYER, LIVE)]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), home / "page.ipynb")
    yield from served(home)


def served(home):
    """Gives the address of `page.ipynb` in a folder, as Voilà serves it until it is asked again."""
    folders = {f"JUPYTER_{part}_DIR": str(home / part) for part in ("CONFIG", "DATA", "RUNTIME")}
    env = os.environ | folders | {"HOME": str(home), "USERPROFILE": str(home), "IPYTHONDIR": str(home / "ipython")}
    address = f"http://127.0.0.1:{free_port()}/"
    port = address.rsplit(":", 1)[1].strip("/")
    command = [sys.executable, "-m", "voila", "page.ipynb", "--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}"]
    with (home / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=home, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(address, process, home / "log.txt")
            yield address
        finally:
            process.terminate()
            process.wait(30)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(address, process, log):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return urlopen(f"{address}voila/static/favicon.ico", timeout=10).close()
        except OSError:
            time.sleep(0.2)  # not listening yet
    raise AssertionError(f"Voilà did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture
def page(voila, chromium):
    """The page in Chromium, without what Voilà's own page asks of a CDN."""
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    context.set_default_timeout(90_000)
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(voila) else route.abort())
    page = context.new_page()
    page.goto(voila, wait_until="domcontentloaded")
    yield page
    context.close()


def test_a_player_steps_at_the_first_run_and_after_a_reload(page):
    for _ in range(2):
        page.frame_locator("iframe").locator("[data-nnteach-player]").wait_for()  # the notebook is run first
        steps_to_the_end(page.frame_locator("iframe"))
        page.reload(wait_until="domcontentloaded")


def test_a_live_player_works_beside_ipywidgets(page):
    for _ in range(2):  # at the first run, and after a reload
        player = page.locator("[data-nnteach-player]")
        player.wait_for()
        # A control of ipywidgets moves the player.
        page.locator(".widget-slider .noUi-handle").press("ArrowRight")
        expect(player).to_have_attribute("data-step", "1")

        # A number is computed again by Python.
        player.press("End")
        field = page.locator("[data-input=x]")
        field.fill("0,5")
        field.press("Enter")
        expect(page.locator("[data-node=f]")).to_have_attribute("data-value", "-22.0")

        # A prediction reaches Python, and Python's answer the control.
        player.press("Home")
        player.press("ArrowRight")
        page.locator("[data-answer]").fill("5,5")
        page.locator("[data-answer]").press("Enter")
        expect(page.locator(".widget-html-content")).to_have_text("Python heard 5,5: right")
        page.reload(wait_until="domcontentloaded")
