"""Demos in a real JupyterLab: show one, move its controls by keyboard and mouse, read its picture."""

import time

from labserver import Lab

# A number that stands for what is seen, whether the picture comes from Python or is drawn in the browser.
PICTURE = """root => {
    const canvas = root.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Uint32Array(data.buffer).reduce((sum, place, i) => (sum * 31 + place + i) % 4294967291, 0);
}"""
# `root.drawn()` gives the milliseconds from a control's move until the picture that followed was drawn. It is a change
# that is waited for: asking again and again would take the processor from what is measured.
WATCH = """root => {
    let moved = 0, drawn = 0, tell = () => {};
    for (const kind of ['keydown', 'change', 'click'])
        root.addEventListener(kind, () => { moved = performance.now(); }, true);
    const picture = root.querySelector('.nnteach-picture');
    const look = new MutationObserver(() => { drawn = performance.now(); tell(); });
    if (picture) look.observe(picture, { attributes: true });  // each picture is named when it is drawn
    root.drawn = () => new Promise(done => {
        tell = () => drawn > moved && done(drawn - moved);
        tell();
        setTimeout(done, picture ? 5000 : 0, null);
    });
}"""
WRITE = """source => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.model.cells.get(0).sharedModel.setSource(source);
    panel.content.activeCellIndex = 0;
}"""


class DemoPage:
    """A notebook with one cell, in which one demo after another is shown."""

    def __init__(self, server, chromium, viewport=None):
        self.lab = Lab(server, chromium)
        self.page = self.lab.open(self.lab.write("demos.ipynb", "import nnteach as nt"))
        if viewport:
            self.page.set_viewport_size(viewport)
        self.lab.run_all(self.page)

    def show(self, name: str, **values):
        """Run `nt.demos.NAME(...)` and wait for its picture; returns the demo's element."""
        arguments = ", ".join(f"{key}={value!r}" for key, value in values.items())
        return self.run(f"import nnteach as nt\nnt.demos.{name}({arguments})", name)

    def run(self, source: str, name: str):
        """Run what shows a demo of that name, and wait for its picture; returns the demo's element."""
        self.page.evaluate(WRITE, source)
        self.outputs = self.lab.run_all(self.page)[0]
        self.root = self.page.locator(f".nnteach-demo-{name}")
        self.root.locator("canvas[aria-label]").wait_for()
        self.root.evaluate(WATCH)
        return self.root

    def picture(self):
        """Something that differs if the picture does."""
        return self.root.evaluate(PICTURE)

    def move(self, control, patience=20) -> float:
        """Move one control and wait until the picture is another: the milliseconds until the browser had drawn it.

        Args:
            control: of the demo that is shown.
            patience: seconds to wait for another picture.

        Raises:
            AssertionError: if the picture stays the same.
        """
        widget = self.root.locator(f".nnteach-control-{control.name}")
        before = self.picture()
        self.page.wait_for_timeout(100)  # whoever moves a control has not moved another one just before
        MOVES[control.kind](widget, control)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            spent = self.root.evaluate("root => root.drawn()")
            if self.picture() != before:
                return spent
            time.sleep(0.02)
        raise AssertionError(f"the picture does not change with {control.name}")

    def say(self) -> str:
        """The sentence beneath the picture."""
        return self.root.locator("[aria-live]").first.inner_text()

    def close(self):
        self.lab.close()
        assert self.lab.outside == [], "a demo asked for something outside this machine"


def _slide(widget, control):
    handle = widget.locator(".noUi-handle")
    handle.focus()
    handle.press("ArrowLeft" if control.start >= control.high else "ArrowRight")


def _choose(widget, control):
    options = widget.locator("select")
    options.select_option(index=(options.evaluate("select => select.selectedIndex") + 1) % len(control.options))


def _tick(widget, control):
    widget.locator("input").click()


MOVES = {"number": _slide, "power": _slide, "whole": _slide, "play": _slide, "choice": _choose, "switch": _tick}
