"""The player linked to Python: change an input, and everything is computed again.

The only module that knows anywidget; it is imported when somebody asks for the link.
"""

import math
from collections.abc import Callable
from pathlib import Path

import anywidget
import traitlets

from ...support.shown import Shown
from ...symbolic.numerals import numeral
from .reruns import of_this_run
from .script import part, script

VIEW = "application/vnd.jupyter.widget-view+json"
# Beside the widget the player that needs no kernel is stored. One of the two is seen: JupyterLab would show an error in
# place of a widget that is no longer there, even if the same output holds HTML.
STYLE = """<style>
.jp-OutputArea:has(.nnteach-live) .nnteach-kept { display: none; }
.jp-OutputArea-child:has(.nnteach-kept) ~ .jp-OutputArea-child
  .jp-OutputArea-output.jupyter-widgets:not(:has(*)) { display: none; }
</style>"""


class LivePlayer(anywidget.AnyWidget, Shown):
    """The same player as in a page, as a widget.

    The browser writes `change` when a student types a number, and Python answers with new `data`. Stepping
    stays in the browser; `step` can be set from Python, and is brought up to date along with every change.
    `attempts` are the predictions made so far, each with question, answer, verdict and the slip it was recognised by.
    """

    _esm = script() + part("around") + part("live")
    _css = Path(__file__).parents[1] / "player.css"

    data = traitlets.Dict().tag(sync=True)
    # No echo: it would take whoever has stepped on in the meantime back to where he was.
    step = traitlets.Int(0).tag(sync=True, echo_update=False)
    attempts = traitlets.List(traitlets.Dict()).tag(sync=True, echo_update=False)
    change = traitlets.Dict().tag(sync=True, echo_update=False)
    trouble = traitlets.Unicode("").tag(sync=True)

    def __init__(self, compute: Callable[[dict[str, float]], dict], kept=None, **traits):
        self.compute, self.kept = compute, kept
        self.values: dict[str, float] = {}
        super().__init__(data=_sendable(compute({})), **traits)
        self.add_class("nnteach-live")

    def __repr__(self):
        return f"LivePlayer({self.data.get('title', '')})"

    def _ipython_display_(self):
        from IPython.display import display
        if self.kept is not None:
            html = f'<div class="nnteach-kept">{STYLE}{self.kept._repr_html_()}</div>'
            display({"text/html": html, "text/plain": repr(self)}, raw=True)
        # Where widgets cannot be shown, the empty HTML is: the player above is there already.
        display({VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.model_id}, "text/html": "",
                 "text/plain": ""}, raw=True)

    @traitlets.observe("change")
    def _on_change(self, event) -> None:
        name, text = event["new"]["name"], event["new"]["text"]
        try:
            wanted = self.values | {name: numeral(str(text)).value}
            data = _sendable(self.compute(wanted))
        except (ArithmeticError, ValueError) as error:
            self.trouble = str(error)
            return
        self.values, self.trouble, self.data = wanted, "", data


def live_player(message: Callable[[dict[str, float]], dict], kept=None, **traits) -> LivePlayer:
    """A widget that shows a player and computes it again when a number is changed.

    Args:
        message: makes the message to the browser (README.md in this folder) from the changed inputs, by name;
            those that are not named keep their values.
        kept: shows the same without a kernel; it is stored beside the widget.
        traits: first values for `step` and other traits.

    Returns:
        The widget; its `values` are the inputs changed so far. When its cell is run again, it is closed.
    """
    with of_this_run():
        return LivePlayer(message, kept, **traits)


def _sendable(data):
    """The message with inputs as JSON can hold them: plain floats, and texts for those that are not finite."""
    inputs = [{"name": item["name"], "value": _plain(float(item["value"]))} for item in data["inputs"]]
    return {**data, "inputs": inputs}


def _plain(value):
    return value if math.isfinite(value) else repr(value)
