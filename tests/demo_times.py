"""How long the demos take to redraw, and what they look like: python tests/demo_times.py [FOLDER]

Prints, for every control of every demo, the medians of seven redraws in Python: elapsed, and of the processor, which
a busy machine falsifies less. With a FOLDER also shows each demo in a real JupyterLab at 1920 × 1080, prints the time
from the key press or click to the new picture, both seen by the browser (medians of five moves, or of one round of a
choice), and writes a screenshot there.
"""

import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nnteach as nt
from nnteach.demos.framework.demo import Demo, number

LIMIT = 100  # milliseconds
# A demo that only changes a number: what is left is the way to Python and back, and to pack an empty picture.
NOTHING = """
from nnteach.demos.framework.demo import Demo, number
def draw(figure, x):
    figure.text(0, 0, f"{x}")
    return f"{x}"
Demo("nothing", "Nothing", "", draw, (number("x", "x", 0.5, 0, 1),))()
"""


def main(folder=None):
    slow = [(name, control) for name, control, spent in in_python() if spent > LIMIT]
    print(f"more than {LIMIT} ms of the processor: {slow or 'none'}")
    if folder:
        in_jupyterlab(Path(folder))


def demos():
    """The demos whose picture Python draws."""
    found = (getattr(nt.demos, name) for name in nt.demos.DEMOS)
    return [demo for demo in found if type(demo) is Demo]


def in_python():
    """Move every control seven times: demo, control, median milliseconds of the processor."""
    for demo in demos():
        show = demo()
        for control in demo.controls:
            runs = [timed(show.inputs[control.name], value) for value in values(control)]
            elapsed, spent = (statistics.median(times) for times in zip(*runs, strict=True))
            print(f"{demo.name:<20} {control.name:<16} {elapsed:6.0f} ms elapsed, {spent:4.0f} ms of the processor")
            yield demo.name, control.name, spent
            show.reset()


def values(control):
    """Seven values, each different from the one before."""
    if control.kind == "choice":
        options = list(control.options.values())
        return [options[(i + 1) % len(options)] for i in range(7)]
    if control.kind == "switch":
        return [(i % 2 == 0) != control.start for i in range(7)]
    share = [0.31, 0.42, 0.53, 0.64, 0.37, 0.48, 0.59]
    if control.kind == "power":
        return [control.low * (control.high / control.low) ** s for s in share]
    return [type(control.start)(control.low + (control.high - control.low) * s) for s in share]


def moved(page, control):
    """Five moves in the browser, or a choice once round; without those after which nothing looks different."""
    for _ in range({"choice": len(control.options), "switch": 2}.get(control.kind, 5)):
        with contextlib.suppress(AssertionError):
            yield page.move(control, patience=2)


def timed(widget, value):
    began, worked = time.perf_counter(), time.process_time()
    widget.value = value
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked)


def in_jupyterlab(folder):
    from demo_browser import DemoPage
    from labserver import LabServer
    from playwright.sync_api import sync_playwright

    from conftest import CHROMIUM_OPTIONS
    from nnteach.cli.doctor import find_chromium

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, LabServer(Path(home)) as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        page = DemoPage(server, chromium, {"width": 1920, "height": 1080})
        page.run(NOTHING, "nothing")
        empty = statistics.median(page.move(number("x", "x", 0.5, 0, 1)) for _ in range(9))
        print(f"an empty picture with one number: {empty:.0f} ms in the browser")
        for demo in demos():
            page.show(demo.name)
            page.page.screenshot(path=folder / f"{demo.name}.png")
            spent = {control.name: round(statistics.median(moved(page, control))) for control in demo.controls}
            print(f"{demo.name:<20} in the browser, ms: {spent}")
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
