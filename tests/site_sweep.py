"""Every page of the site in one Chromium: links, players, quizzes, requests, errors, widths and axe-core.

    python tests/site_sweep.py                                # builds the site first; a few minutes in all
    python tests/site_sweep.py --site FOLDER lessons/02 decks # pages of a built site whose path begins so

`tests/test_site.py` does the same with a handful of pages at every run of the tests. The status is 1 if anything was
found, and every finding is printed with its page.
"""

import argparse
import collections
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PLAYER = "[data-nnteach-player]"
WINDOW = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 768}


class Sweep:
    """Opens pages of a site, and notes what is wrong with them and how much was looked at.

    Attributes:
        found: lines that name a page and what is wrong with it.
        counts: how many pages, players, questions and so on were tried.
        patience: ms for all outputs of a page to come, one after the other.
    """

    patience = 60_000

    def __init__(self, chromium, site: Path, **context):
        self.site, self.found, self.counts = site.resolve(), [], collections.Counter()
        self.page_name = ""
        self.page = chromium.new_context(**({"viewport": WINDOW} | context)).new_page()
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.note(f"error: {error}"))
        self.page.on("console", lambda message: message.type == "error" and self.note(f"console: {message.text}"))

    def close(self) -> None:
        self.page.context.close()

    def note(self, problem: str) -> None:
        self.found.append(f"{self.page_name}: {problem}")

    def expect(self, right: bool, problem: str) -> None:
        if not right:
            self.note(problem)

    def visit(self, name: str) -> None:
        """Open a page, use all that is on it, and look for barriers before and after."""
        self.page_name = name
        self.counts["pages"] += 1
        self.page.goto((self.site / name).as_uri())
        frames = [self._loaded(element) for element in self._frames()]
        self._axe(self.page.main_frame, "page")
        for frame in frames:
            self._play(frame) if frame.query_selector(PLAYER) else self._answer(frame)
        for size in (PHONE, WINDOW):
            self.page.set_viewport_size(size)
            wider = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            self.expect(wider <= 0, f"{wider} px wider than a window of {size['width']} px")

    def _asked(self, request):
        self.counts["requests within the site"] += 1
        if not request.url.startswith((self.site.as_uri(), "data:", "blob:", "about:")):
            self.note(f"asks for {request.url}")

    def _frames(self):
        """The frames of all outputs; those far below the window come one after the other."""
        from playwright.sync_api import TimeoutError as TooLate

        outputs = self.page.locator(".nnteach-output, .nnteach-quiz").count()
        try:
            there = "outputs => document.querySelectorAll('iframe').length >= outputs"
            self.page.wait_for_function(there, arg=outputs, timeout=self.patience)
        except TooLate:
            self.note("an output stays still")
        return self.page.query_selector_all("iframe")

    def _loaded(self, element):
        frame = element.content_frame()
        frame.wait_for_selector(f"{PLAYER}, form")
        frame.wait_for_load_state()  # a form stands there before its script
        return frame

    def _play(self, frame):
        """Home, one step, the end, Home again; in the middle and at the end the player must be free of barriers."""
        self.counts["players"] += 1
        player = frame.locator(PLAYER)
        last = player.get_attribute("data-steps")
        player.focus()
        for key, step in (("Home", "0"), ("ArrowRight", "1"), ("ArrowLeft", "0"), ("End", last), ("Home", "0")):
            self.page.keyboard.press(key)
            if player.get_attribute("data-asking"):  # a player that asks for a prediction first: the key reveals
                self.page.keyboard.press(key)
            now = player.get_attribute("data-step")
            self.expect(now == step, f"a player stands at step {now} after {key}, not at {step}")
            self.counts["keys pressed in players"] += 1
        self.page.keyboard.press("Shift+ArrowRight")
        self._axe(frame, "player")

    def _answer(self, frame):
        """Every option of every question: each gets a verdict, and one of them is right."""
        self.counts["quizzes"] += 1
        for form in frame.query_selector_all("form"):
            self.counts["questions"] += 1
            verdicts = [self._choose(form, label) for label in form.query_selector_all("label")]
            self.expect(all(word.startswith(("✓", "✗")) for word in verdicts), f"no verdict among {verdicts}")
            right = sum(word.startswith("✓") for word in verdicts)
            self.expect(right == 1, f"{right} right options in a question")
        self._axe(frame, "quiz")

    def _choose(self, form, label):
        label.click()
        form.query_selector("button").click()
        self.counts["options chosen"] += 1
        return form.query_selector("[role=status]").inner_text()

    def _axe(self, frame, what):
        """axe-core in one document: a frame's own, for from outside axe does not see into it."""
        from axe_playwright_python.sync_playwright import Axe

        self.counts["documents examined by axe-core"] += 1
        options = {"resultTypes": ["violations"], "iframes": False, "preload": False}
        for each in Axe().run(frame, options=options).response["violations"]:
            self.note(f"axe-core, {what}: {each['id']}: {each['nodes'][0]['html'][:200]}")


def pages_of(site: Path, beginnings: list[str] = ()) -> list[str]:
    """The pages of a built site whose paths begin with one of `beginnings`; all if none is given."""
    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [name for name in names if not beginnings or name.startswith(tuple(beginnings))]


def main(arguments=None) -> int:
    """Run the command; returns the exit status: 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="a site that is built already")
    parser.add_argument("--dark", action="store_true", help="with the dark theme")
    parser.add_argument("beginnings", nargs="*", metavar="BEGINNING", help="of the pages to visit, if not all")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        return report(*swept(options.site or built(Path(folder)), options.beginnings, options.dark))


def built(folder: Path) -> Path:
    """The whole site, built into `folder`."""
    import build

    build.build(folder)
    return folder


def swept(site: Path, beginnings: list[str] = (), dark: bool = False) -> tuple[list[str], collections.Counter]:
    """Look at all links and visit the pages; returns what was found, and the counts."""
    import links
    from playwright.sync_api import sync_playwright

    from conftest import CHROMIUM_OPTIONS
    from nnteach.cli.doctor import find_chromium

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        sweep = Sweep(chromium, site, color_scheme="dark" if dark else "light")
        sweep.found += links.broken(site)
        sweep.counts["links and sources"] = sum(len(links.read(path).targets) for path in site.rglob("*.html"))
        begin = time.monotonic()
        for name in pages_of(site, beginnings):
            sweep.visit(name)
        sweep.counts["seconds in the browser"] = round(time.monotonic() - begin)
        chromium.close()
    return sweep.found, sweep.counts


def report(found: list[str], counts: collections.Counter) -> int:
    """Print what was found and counted; returns the exit status."""
    for name, count in counts.items():
        print(f"{count:7} {name}")
    print("\n".join(found) or "Nothing was found.")
    return int(bool(found))


if __name__ == "__main__":
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "docs")]
    sys.exit(main())
