"""Make the README's pictures in real Chromium: a backward step of (x + y) z, and a training run of one neuron.

    python tests/screenshot.py nnteach/player        # writes player.png and training.png there
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import nnteach as nt
from conftest import CHROMIUM_OPTIONS
from nnteach.cli.doctor import find_chromium


def product():
    """The player of (x + y) z, how often → is pressed, and the window's width."""
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    return nt.step(((x + y).named("q") * z).named("f")), 6, 1240


def training():
    """Three iterations of one sigmoid neuron with momentum, shown in the last update."""
    w, b = nt.variables(w=0.5, b=-1)
    y = nt.sigmoid((w * nt.constant(2.0, "x") + b).named("a")).named("y")
    loss = ((y - nt.constant(1.0, "t")) ** 2).named("L")
    return nt.step(loss, optimizer=nt.nn.optimizers.Momentum(1.0), iterations=3), 44, 1640


def main(folder):
    with tempfile.TemporaryDirectory() as pages, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        page = browser.new_page(device_scale_factor=1.5)
        for name, (player, presses, width) in {"player": product(), "training": training()}.items():
            page.set_viewport_size({"width": width, "height": 600})
            player.save(Path(pages, f"{name}.html"))
            page.goto(Path(pages, f"{name}.html").as_uri())
            page.locator("[data-nnteach-player]").wait_for()
            for _ in range(presses):
                page.keyboard.press("ArrowRight")
            page.wait_for_timeout(500)  # the movement of the last step has ended
            page.screenshot(path=Path(folder, f"{name}.png"))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
