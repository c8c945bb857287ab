"""The picture of a demo in the browser, with alt text and a sentence that screen readers follow.

ipywidgets' own image has neither.
"""

from pathlib import Path

import anywidget
import traitlets


class Picture(anywidget.AnyWidget):
    """A picture that Python draws.

    Attributes:
        title: its alt text.
        jpeg: the picture.
        say: the sentence beneath it.
    """

    _esm = Path(__file__).with_name("picture.js").read_text(encoding="utf-8")

    title = traitlets.Unicode().tag(sync=True)
    jpeg = traitlets.Bytes().tag(sync=True)
    say = traitlets.Unicode().tag(sync=True)

    def show(self, jpeg: bytes, sentence: str) -> None:
        """Show both, in one message to the browser."""
        with self.hold_sync():
            self.say, self.jpeg = sentence, jpeg
