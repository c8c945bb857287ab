"""Helpers for tests in a real Chromium: a page that notes every request and every error, and ways to read the player.

    from browser import browser_page  # a fixture; `chromium` comes from conftest.py
"""

import pytest

PLAYER = "[data-nnteach-player]"

# All that the player's document says, with texts, but without the style sheet.
DOM = "() => document.querySelector('[data-nnteach-player]').outerHTML"
NODES = """() => Object.fromEntries([...document.querySelectorAll('[data-node]')].map(node =>
    [node.dataset.node, {value: node.dataset.value, grad: node.dataset.grad, state: node.dataset.state}]))"""
BOXES = """() => [...document.querySelectorAll('[data-node] .box, [data-edge] .line')].map(box => {
    const {x, y, width, height} = box.getBBox(), {left, top} = box.closest('svg').getBoundingClientRect();
    return [x, y, width, height, left, top];
})"""


class BrowserPage:
    """A Playwright page (`.page`) with what happened in it: `.requests` to anything but its own file, and `.errors`."""

    def __init__(self, chromium, folder, **context):
        self.folder = folder
        self.context = chromium.new_context(**({"viewport": {"width": 1180, "height": 640}} | context))
        self.page = self.context.new_page()
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def show(self, source: str):
        """Write a page to a file, open it from there, and return the Playwright page."""
        path = self.folder / "page.html"
        path.write_text(source, encoding="utf-8")
        self.page.goto(path.as_uri())
        if 'id="message"' in source:  # a page of its own unpacks its message before there is a player
            self.page.wait_for_selector(f"{PLAYER}[data-step], #player > p", state="attached")
        self.own = path.as_uri()
        return self.page

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)

    def painted(self) -> None:
        """Wait for the next frame: sizes and places are put right just before one is painted."""
        self.page.evaluate("() => new Promise(requestAnimationFrame)")

    def still(self) -> None:
        """Wait for the next frame, and until what has just come has faded in."""
        self.painted()
        self.page.wait_for_function("() => document.getAnimations().length === 0")

    @property
    def step(self) -> int:
        return int(self.page.locator(PLAYER).get_attribute("data-step"))

    @property
    def outside(self) -> list[str]:
        """Requests that left the page's own file; addresses that hold their data ask nobody."""
        return [url for url in self.requests if url != self.own and not url.startswith(("data:", "blob:", "about:"))]


@pytest.fixture
def browser_page(chromium, tmp_path):
    """`open_page(source, **context)` shows a page in Chromium; at the end there must be no request and no error."""
    opened = []

    def open_page(source, **context):
        opened.append(BrowserPage(chromium, tmp_path, **context))
        opened[-1].show(source)
        return opened[-1]

    yield open_page
    for one in opened:
        one.context.close()
    assert [one.outside for one in opened if one.outside] == [], "a page asked for something outside itself"
    assert [one.errors for one in opened if one.errors] == [], "a page reported errors"
