"""What shows itself at the end of a cell can be shown in its middle too, or in a loop."""


class Shown:
    """Anything with an output of its own."""

    def show(self) -> None:
        """Show it here and now: in the middle of a cell, in a loop, before a `print`. Outside of a notebook it is
        printed."""
        try:
            from IPython.display import display
        except ImportError:
            print(repr(self))
        else:
            display(self)
