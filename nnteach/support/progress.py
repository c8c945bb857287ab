"""A progress bar for long runs; nothing is shown in scripts, tests and short runs."""

import sys


def progress(iterable, total: int, show: bool | None = None, unit: str = "epoch"):
    """The iterable, with tqdm's bar around it if somebody looks and the run takes over two seconds.

    Args:
        iterable: what is gone through.
        total: how many there are.
        show: True or False to decide, None to find out. Without tqdm there is no bar.
        unit: what one of them is called.
    """
    if show is None:
        show = sys.stderr.isatty() or in_notebook()
    if not show:
        return iterable
    try:
        return bars()(iterable, total=total, delay=2.0, leave=False, unit=unit)
    except ImportError:
        return iterable


def bars() -> type:
    """tqdm's bars; those of a notebook are gone when they are closed, and nothing is stored of them.

    The widget of a closed bar would be stored in the notebook, and be an error when it is opened again.

    Raises:
        ImportError: without tqdm.
    """
    from tqdm.auto import tqdm  # only where it is shown
    from tqdm.notebook import tqdm_notebook

    if not issubclass(tqdm, tqdm_notebook):
        return tqdm
    from IPython.display import display

    class Bar(tqdm):
        """A bar whose output can be taken back."""

        output = None

        def __init__(self, *args, **settings):
            super().__init__(*args, display=False, **settings)

        def display(self, *args, check_delay=True, **settings):
            if self.output is None and (check_delay or not self.delay):
                self.output, self.displayed = display(self.container, display_id=True), True
            super().display(*args, check_delay=check_delay, **settings)

        def close(self):
            super().close()
            if self.output is not None:
                self.output.update({"text/html": "", "text/plain": ""}, raw=True)
                self.output = None

    return Bar


def in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel."""
    kernel = sys.modules.get("ipykernel")
    return kernel is not None and getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)() is not None
