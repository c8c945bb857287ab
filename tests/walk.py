"""A new user's walk, for real and by the clock: from a fresh clone to the first backward step and the first exercise.

    python tests/walk.py -o FOLDER      # some two minutes; a picture of every station comes into FOLDER

The README's first command is taken from README.md and run as it is printed there, in a fresh clone, with a home of its
own and without pip's cache. JupyterLab opens its browser page by itself, as for a user, here in Chromium. Then only
what a user does: clicks, Shift+Enter, →. The clock counts the machine's time. What a person needs to read and to type
is estimated beside it, at `WORDS` a minute and `LETTERS` a minute, and said to be an estimate.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
LESSON, EXERCISE = "01_derivative_and_descent", "01_derivative_and_descent"
WORDS, LETTERS = 200, 120
"""What a person reads and types in a minute; 120 letters are slow for prose, and usual for code."""
SLIP = """\
def descend(a, b, c, start, rate):
    slope = 2 * a * start + b
    return {"places": np.array([start - i * rate * slope for i in range(5)])}"""
"""A first answer that is wrong: the slope of the start, used at every place."""
PLAYER, OUTPUT = "[data-nnteach-player]", ".jp-Cell-outputArea"


class Walk:
    """The clock, the stations passed, and the folder for pictures and logs."""

    def __init__(self, folder: Path, pictures: Path):
        self.folder, self.pictures, self.stations = folder, pictures, []
        self.begin = time.monotonic()
        pictures.mkdir(parents=True, exist_ok=True)

    def station(self, name: str, page=None, words: int = 0, letters: int = 0) -> None:
        """A place that was reached: the machine's time so far, and what a person read and typed since the last one."""
        now = time.monotonic()
        self.stations.append((name, now - self.begin, words / WORDS + letters / LETTERS))
        if page:
            page.screenshot(path=self.pictures / f"{len(self.stations)}.png")
            self.begin += time.monotonic() - now  # taking the picture is no part of the walk

    def table(self) -> str:
        """The stations as Markdown: seconds by the clock, and minutes with the estimate for a person."""
        lines, person = ["| reached | machine, s | with reading and typing, min |", "|---|---|---|"], 0.0
        for name, seconds, minutes in self.stations:
            person += minutes
            lines.append(f"| {name} | {seconds:.0f} | {seconds / 60 + person:.1f} |")
        return "\n".join(lines)


def printed_command(readme: str) -> str:
    """Command 1 of the README, as it is printed there."""
    return re.search(r"\*\*1\. .*?```\n(.*?)\n```", readme, re.DOTALL)[1]


def words_of(text: str) -> int:
    """The words of a text, without its fenced code."""
    return len(re.sub(r"```.*?```", "", text, flags=re.DOTALL).split())


def cells_until(notebook: Path, cell_id: str) -> list[dict]:
    """The cells of a notebook up to the one with an id."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return cells[:[cell["id"] for cell in cells].index(cell_id) + 1]


def prose_of(cells: list[dict]) -> int:
    return sum(words_of("".join(cell["source"])) for cell in cells if cell["cell_type"] == "markdown")


# --------------------------------------------------------------------------------------------- command and browser


def home_of_a_new_user(folder: Path) -> dict:
    """The environment of somebody who never used Jupyter, whose browser writes down what it is asked to open."""
    home = folder / "home"
    home.mkdir()
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{folder}/opened"\n')
    browser.chmod(0o755)
    others = ("JUPYTER", "IPYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return kept | {"HOME": str(home), "BROWSER": f"{browser} %s", "PIP_NO_CACHE_DIR": "1"}


def start(walk: Walk, clone: Path) -> subprocess.Popen:
    """Run the README's command, in a session of its own so that it can be ended with all it started."""
    command = printed_command((clone / "README.md").read_text(encoding="utf-8"))
    with (walk.folder / "log.txt").open("wb") as log:
        return subprocess.Popen(["bash", "-c", command], cwd=clone, env=home_of_a_new_user(walk.folder),
                                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)


def opened(walk: Walk, server: subprocess.Popen) -> str:
    """Wait for what the command asks the browser to open."""
    note = walk.folder / "opened"
    while not (note.exists() and note.read_text().strip()):
        if server.poll() is not None:
            log = (walk.folder / "log.txt").read_text()[-3000:]
            raise SystemExit(f"The command ended with {server.returncode}:\n{log}")
        time.sleep(0.2)
    return note.read_text().strip()


def worked(bash: int) -> str:
    """How long the processor itself worked for what a shell has waited for: venv and pip. Only Linux tells."""
    try:
        fields = Path(f"/proc/{bash}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return f", of which the processor worked {sum(map(int, fields[13:15])) / os.sysconf('SC_CLK_TCK'):.0f} s for pip"


# --------------------------------------------------------------------------------------------------- in JupyterLab


def follow(page, words: str) -> None:
    """Click a link of the course page, and wait until the notebook and its kernel are there."""
    page.get_by_role("tab", name="course").click()
    page.locator(".jp-RenderedMarkdown:visible").get_by_role("link", name=words).first.click()
    page.wait_for_selector(".jp-NotebookPanel:visible .jp-Cell h1, .jp-NotebookPanel:visible iframe")
    page.wait_for_selector('.jp-NotebookPanel:visible .jp-Notebook-ExecutionIndicator[data-status="idle"]')


def until(page, condition, what: str) -> None:
    """Wait for something, a minute and no longer."""
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"A minute has passed without this: {what}")
        page.wait_for_timeout(100)


def cell(page, source: str):
    """The cell that begins like some code. JupyterLab draws cells only near the window, hence the wheel."""
    first = source.partition("\n")[0]
    found = page.locator(".jp-NotebookPanel:visible .jp-CodeCell").filter(has_text=first).first

    def seen():
        page.mouse.move(800, 400)
        page.mouse.wheel(0, 0 if found.count() else 300)
        return found.count()

    until(page, seen, f"the cell {first!r}")
    found.scroll_into_view_if_needed()
    return found


def run(page, found):
    """Shift+Enter in a cell; returns when it was run."""
    prompt = found.locator(".jp-InputPrompt")
    before = prompt.inner_text()
    found.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    until(page, lambda: prompt.inner_text() not in (before, "[*]:"), "a cell that was run")
    return found


def backward(page, frame) -> None:
    """Click a player, and press → until it goes backward."""
    frame.scroll_into_view_if_needed()
    player = frame.content_frame.locator(PLAYER)
    player.click(position={"x": 300, "y": 90})
    while player.get_attribute("data-phase") != "backward":
        page.keyboard.press("ArrowRight")


def to_the_first_backward_step(walk: Walk, page) -> None:
    """The link for those who want to see a player at once; nothing is run."""
    follow(page, "lesson 2 at its player")
    walk.station("lesson 2 is open at its player", page, words=60)
    backward(page, page.locator(".jp-NotebookPanel:visible iframe").first)
    walk.station("**the first backward step**", page, words=60)


def through_the_first_lesson(walk: Walk, page, clone: Path) -> None:
    """Lesson 1 from its beginning: read, run every cell down to its player, step it."""
    follow(page, "Downhill")
    walk.station("lesson 1 is open", page, words=10)
    cells = cells_until(clone / "notebooks" / f"{LESSON}.ipynb", "player")
    for each in cells:
        if each["cell_type"] == "code" and each["id"] != "install":
            last = run(page, cell(page, "".join(each["source"])))
    walk.station("its cells are run down to its player", page, words=prose_of(cells))
    backward(page, last.locator("iframe"))
    walk.station("its first backward step", page, words=60)


def to_the_first_checked_exercise(walk: Walk, page, clone: Path) -> None:
    """Exercise 1: a wrong answer and its verdict, the right one and its verdict."""
    follow(page, "Gradient descent on a parabola")
    walk.station("exercise 1 is open", page, words=10)
    cells = cells_until(clone / "exercises" / f"{EXERCISE}.ipynb", "check")
    *before, _, check = [each for each in cells if each["cell_type"] == "code" and each["id"] != "install"]
    for each in before:
        run(page, cell(page, "".join(each["source"])))
    check = "".join(check["source"])
    verdict = answer(walk, page, SLIP, check, "a wrong answer is checked", prose_of(cells))
    assert "✗" in verdict, f"the wrong answer is not found to be wrong: {verdict}"
    solution = cells_until(clone / "solutions" / f"{EXERCISE}.ipynb", "task-function")[-1]
    right = re.sub(r" *#.*\n?", "\n", "".join(solution["source"])).replace("\n\n", "\n").strip()
    verdict = answer(walk, page, right, check, "**the right answer is checked**", words_of(verdict))
    assert "✓" in verdict, f"the right answer is not found to be right: {verdict}"


def answer(walk: Walk, page, function: str, check: str, name: str, words: int) -> str:
    """Type a function into the exercise, run it and the check, and return the verdict."""
    task = cell(page, "def descend")
    task.locator(".cm-content").click()
    there = task.locator(".cm-line").all_inner_texts()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(function)
    run(page, task)
    checked = run(page, cell(page, check))
    checked.locator(OUTPUT).scroll_into_view_if_needed()
    typed = sum(len(line.strip()) for line in function.splitlines() if line not in there)
    walk.station(name, page, words, typed)
    return checked.locator(OUTPUT).inner_text()


# ---------------------------------------------------------------------------------------------------- the command


def main(arguments=None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("walk"), metavar="FOLDER", help="for the pictures")
    options = parser.parse_args(arguments)
    print(f"{os.cpu_count()} cores, {os.getloadavg()[0]:.1f} programs waiting for them before the walk")
    with tempfile.TemporaryDirectory(prefix="nnteach-walk-", ignore_cleanup_errors=True) as folder:
        walk = Walk(Path(folder), options.output)
        try:
            go(walk)
        finally:
            print(walk.table())
    return 0


def go(walk: Walk) -> None:
    """The walk itself."""
    from playwright.sync_api import sync_playwright

    from conftest import CHROMIUM_OPTIONS
    from nnteach.cli.doctor import find_chromium

    clone = walk.folder / "nnteach"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    readme = (clone / "README.md").read_text(encoding="utf-8")
    walk.station("the clone is there", words=words_of(readme.partition("**2.")[0]))
    server = start(walk, clone)
    try:
        address = opened(walk, server)
        walk.station(f"command 1 is through, JupyterLab asks for the browser{worked(server.pid)}")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
            page = chromium.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(60_000)
            page.goto(address)
            page.wait_for_selector(".jp-RenderedMarkdown h1")
            walk.station("the course page is on screen", page)
            to_the_first_backward_step(walk, page)
            through_the_first_lesson(walk, page, clone)
            to_the_first_checked_exercise(walk, page, clone)
            chromium.close()
    finally:
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


if __name__ == "__main__":
    sys.path.insert(0, str(TESTS))
    sys.exit(main())
