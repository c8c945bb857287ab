"""A figure that is wiped and drawn upon again: to make axes with their ticks takes long.

A demo's `draw` fills a Board as it fills any figure. The axes that it asks for are those that it was given for
the same question last time, emptied; so what a demo does to spines and the looks of ticks it does every time.
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .canvas import Canvas
from .frames import Kept


class Board(Figure):
    """A figure that keeps its axes, and its canvas, which remembers every text."""

    def __init__(self, **options):
        super().__init__(**options)
        Canvas(self)
        self._used, self._spare = {}, {}  # question -> what was made, and its axes with their first artists

    def wipe(self) -> None:
        """Take everything away for the next picture."""
        for axes in self.axes:
            self.delaxes(axes)
        self.clear()
        self._used, self._spare = {}, self._used

    def subplots(self, *args, **options):
        return self._again(super().subplots, args, options)

    def add_axes(self, *args, **options):
        if isinstance(args[0], Axes):
            return super().add_axes(*args, **options)
        return self._again(super().add_axes, args, options)

    def _again(self, make, args, options):
        """What was made last time, swept; else something new."""
        question = repr((make.__name__, args, options))
        made, bare = self._spare.pop(question, (None, []))
        for axes, first in bare:
            _sweep(self.add_axes(axes), first)
        if not bare:
            there = {*self.axes}
            made = make(*args, **options)
            bare = [(axes, axes.get_children()) for axes in self.axes if axes not in there]
            for axis in (axis for axes, _ in bare for axis in (axes.xaxis, axes.yaxis)):
                Kept(axis)  # puts itself in the place of the axis' own draw
        self._used[question] = made, bare
        return made


def _sweep(axes, first) -> None:
    """As good as new: its first artists only; scales, limits and labels as before anybody set them."""
    for artist in axes.get_children():
        if artist not in first:
            artist.remove()
    axes.relim()
    axes.set_prop_cycle(None)
    # A new scale brings new ticks, which takes a while and is not needed where nobody asked for others.
    for axis, scale in ((axes.xaxis, axes.set_xscale), (axes.yaxis, axes.set_yscale)):
        plain = axis.isDefault_majloc and axis.isDefault_majfmt and axis.isDefault_minloc and axis.isDefault_minfmt
        if axis.get_scale() != "linear" or not plain:
            scale("linear")
    axes.set(xlim=(0, 1), ylim=(0, 1), autoscale_on=True)
    axes.set(xlabel="", ylabel="", title="")
