"""A demo with its controls, alive in a notebook; the only module here that knows ipywidgets.

In a notebook two outputs are written: the picture as HTML, which is there without a kernel, and the widgets. A
style sheet shows one of them.
"""

import ipywidgets

from ...support.shown import Shown
from .content import STYLE, Content, Control, Still, pixels, quick, small
from .picture import Picture

WIDE = {"style": {"description_width": "initial"}, "layout": {"width": "460px"}}
VIEW = "application/vnd.jupyter.widget-view+json"


class Show(Shown):
    """The widgets of one demo.

    Attributes:
        inputs: control name -> the widget that holds its value.
        image: the picture with its sentence.
        figure: what it is drawn upon.
        box: all of it.
    """

    def __init__(self, demo: Content, values: dict):
        self.demo, self.first = demo, dict(values)
        if demo.prepare:
            demo.prepare()
        self.inputs, shown = {}, []
        for control in demo.controls:
            self.inputs[control.name], view = WIDGETS[control.kind](control, values[control.name])
            self.inputs[control.name].add_class(f"nnteach-control-{control.name}")
            shown.append(view)
        self.image, self.figure = Picture(title=demo.title), demo.board()
        self.below = ipywidgets.Output()
        self.redraw()
        pixels(self.figure)  # what looks the same twice is kept, so the first move need not draw it again
        for widget in self.inputs.values():
            widget.observe(self.redraw, "value")
        row = ipywidgets.HBox([*shown, *self._buttons()], layout={"flex_flow": "row wrap", "align_items": "center",
                                                                   "grid_gap": "0 28px"})
        style = ipywidgets.HTML(STYLE, layout={"display": "none"})
        self.box = ipywidgets.VBox([style, row, self.image, self.below])
        self.box.add_class("nnteach-demo").add_class(f"nnteach-demo-{demo.name}")

    def __repr__(self):
        return f"{self.demo.title}. {self.sentence}"

    @property
    def sentence(self) -> str:
        """What is seen now."""
        return self.image.say

    @property
    def values(self) -> dict:
        """Where the controls stand, by name."""
        return {name: widget.value for name, widget in self.inputs.items()}

    def redraw(self, change=None) -> None:
        """Draw the picture for the values of now."""
        values = {control.name: control.check(self.inputs[control.name].value) for control in self.demo.controls}
        _, sentence = self.demo.fill(values, self.figure)
        self.image.show(quick(self.figure), sentence)

    def reset(self, button=None) -> None:
        """Put every control back to where the demo began."""
        for name, value in self.first.items():
            self.inputs[name].value = value

    def still(self) -> Still:
        """The picture of now, with its text."""
        return Still(self.demo, self.values, small(self.figure), self.sentence)

    def _ipython_display_(self):
        from IPython.display import display
        still = self.still()
        display({"text/html": still._repr_html_(), "text/plain": repr(self)}, raw=True)
        # Where widgets cannot be shown, the empty HTML is: the picture above is there already.
        display({VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}, "text/html": "",
                 "text/plain": ""}, raw=True)

    def _buttons(self):
        reset = ipywidgets.Button(description="Back to the start", layout={"width": "auto"})
        reset.on_click(self.reset)
        return [reset, *(self._action(text, act) for text, act in self.demo.actions.items())]

    def _action(self, text, act):
        button = ipywidgets.Button(description=text, layout={"width": "auto"})

        def on_click(_):
            from IPython.display import display
            self.below.clear_output()
            with self.below:
                display(act(**self.values))
        button.on_click(on_click)
        return button


def _alone(widget):
    return widget, widget


def _number(control: Control, value):
    digits = max(0, len(f"{control.step:.10f}".rstrip("0").split(".")[1]))
    return _alone(ipywidgets.FloatSlider(
        value=value, min=control.low, max=control.high, step=control.step, description=control.label,
        readout_format=f".{digits}f", **WIDE))


def _power(control: Control, value):
    import math
    return _alone(ipywidgets.FloatLogSlider(
        value=value, base=10, min=math.log10(control.low), max=math.log10(control.high), step=control.step,
        description=control.label, readout_format=".2g", **WIDE))


def _whole(control: Control, value):
    return _alone(ipywidgets.IntSlider(
        value=value, min=control.low, max=control.high, step=control.step, description=control.label, **WIDE))


def _choice(control: Control, value):
    return _alone(ipywidgets.Dropdown(
        options=list(control.options.items()), value=value, description=control.label,
        style=WIDE["style"], layout={"width": "auto", "min_width": "220px"}))


def _switch(control: Control, value):
    return _alone(ipywidgets.Checkbox(value=value, description=control.label, indent=False, layout={"width": "auto"}))


def _play(control: Control, value):
    slider, _ = _whole(control, value)
    button = ipywidgets.Play(
        value=value, min=control.low, max=control.high, step=control.step, interval=control.interval)
    ipywidgets.jslink((button, "value"), (slider, "value"))  # in the browser: a busy kernel cannot stop the clock
    return slider, ipywidgets.HBox([button, slider])


WIDGETS = {"number": _number, "power": _power, "whole": _whole, "choice": _choice, "switch": _switch, "play": _play}
