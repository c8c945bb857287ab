"""Make the README's picture: the player at a backward step of (x + y) z, in real Chromium.

    python tests/screenshot.py nnteach/player/player.png
"""

import sys
import tempfile
from pathlib import Path

from conftest import CHROMIUM_OPTIONS
from playwright.sync_api import sync_playwright

import nnteach as nt
from nnteach.doctor import find_chromium


def main(target):
    x, y, z = nt.variables(x=-2, y=5, z=-4)
    f = ((x + y).named("q") * z).named("f")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        nt.step(f).save(Path(folder, "f.html"))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        page = browser.new_page(viewport={"width": 1240, "height": 600}, device_scale_factor=1.5)
        page.goto(Path(folder, "f.html").as_uri())
        page.locator("[data-nnteach-player]").wait_for()
        for _ in range(6):
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(500)  # the movement of the last step has ended
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
