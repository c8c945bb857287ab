"""The stage that every demo plays on: controls described as data, one pure drawing function, and how it is shown.

    demo = Demo("parabola", "Gradient descent on x²", "001-06", draw, (number("rate", "learning rate", 0.1, 0, 1.2),))
    demo()                    # in a notebook: controls, the picture, and a sentence that says what is seen
    demo(rate=1.05)           # the same, beginning there
    demo.figure(rate=1.05)    # a matplotlib Figure, without widgets
    demo.say(rate=1.05)       # the sentence
    demo.still(rate=1.05)     # a picture with its text, for a notebook or page without a kernel

What a demo consists of stands in `content.py`.
"""

from dataclasses import dataclass

from ...support.deprecated import moved_names
from .content import Content
from .content import choice as choice
from .content import number as number
from .content import play as play
from .content import power as power
from .content import switch as switch
from .content import whole as whole


@dataclass(frozen=True)
class Demo(Content):
    """A demo: call it to show it, with first values for its controls if wanted."""

    def __call__(self, **changes):
        """The demo with its controls; it shows itself in a notebook."""
        from ...player.python.reruns import of_this_run
        from .show import Show

        values = self.values(**changes)
        with of_this_run():
            return Show(self, values)


# Names that stood here in version 0.1, when this was `demos/stage.py`.
__getattr__ = moved_names(__name__, {
    "Control": "nnteach.demos.framework.content.Control",
    "Still": "nnteach.demos.framework.content.Still",
    "pixels": "nnteach.demos.framework.content.pixels",
    "quick": "nnteach.demos.framework.content.quick",
    "small": "nnteach.demos.framework.content.small",
    "DPI": "nnteach.demos.framework.content.DPI",
    "PALETTE": "nnteach.demos.framework.content.PALETTE",
    "STYLE": "nnteach.demos.framework.content.STYLE",
}, since="0.2")
