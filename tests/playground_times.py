"""How many frames a second the playground trains and draws: python tests/playground_times.py [PICTURE.png]

First the engine alone, with the bytes that it would send; then in a real JupyterLab at 1920 × 1080, where only
frames count that were trained by Python, sent and drawn. With a name, a screenshot is written.
"""

import sys
import tempfile
import time
from pathlib import Path

import nnteach as nt
from nnteach.demos.framework.playground_engine import SETS, Engine
from nnteach.demos.framework.playground_live import as_bytes

STEPS, FRAMES, SECONDS = 10, 200, 5


def main(picture=None):
    for data in SETS:
        print(f"{data:<10} {engine_alone(data):6.0f} frames a second, engine alone")
    print(f"{'default':<10} {in_jupyterlab(picture):6.1f} frames a second, drawn in JupyterLab")


def engine_alone(data):
    engine = Engine(data=data)
    engine.frame(STEPS)
    began = time.perf_counter()
    for _ in range(FRAMES):
        as_bytes(engine.frame(STEPS).maps)
    return FRAMES / (time.perf_counter() - began)


def in_jupyterlab(picture):
    from demo_browser import DemoPage
    from labserver import LabServer
    from playwright.sync_api import sync_playwright

    from conftest import CHROMIUM_OPTIONS
    from nnteach.cli.doctor import find_chromium

    with (
        tempfile.TemporaryDirectory() as home,
        LabServer(Path(home)) as server,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        page = DemoPage(server, chromium, {"width": 1920, "height": 1080})
        root = page.show(nt.demos.playground.name)
        root.get_by_role("button", name="▶ Play").click()
        steps = root.locator("[data-steps]")
        page.page.wait_for_timeout(1000)
        first, began = int(steps.get_attribute("data-steps")), time.perf_counter()
        page.page.wait_for_timeout(1000 * SECONDS)
        last, spent = int(steps.get_attribute("data-steps")), time.perf_counter() - began
        root.get_by_role("button", name="Pause").click()
        if picture:
            page.page.screenshot(path=picture)
        chromium.close()
    return (last - first) / STEPS / spent


if __name__ == "__main__":
    main(*sys.argv[1:])
