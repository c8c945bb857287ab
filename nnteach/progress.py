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
        from tqdm.auto import tqdm  # only where it is shown
    except ImportError:
        return iterable
    return tqdm(iterable, total=total, delay=2.0, leave=False, unit=unit)


def in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel."""
    kernel = sys.modules.get("ipykernel")
    return kernel is not None and getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)() is not None
