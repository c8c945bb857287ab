"""How a number is shown: one place, so that a number looks the same in the picture, the panel and the handout."""

import numpy as np


def number(value, digits: int = 4) -> str:
    """A number as it is shown: `digits` significant digits, whole numbers in full, a real minus sign."""
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    value = float(value)
    if value != value:
        return "nan"
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value)}".replace("-", "−")
    if not 1e-4 <= abs(value) < 1e6:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        return f"{_trim(mantissa)}e{int(power)}".replace("-", "−")
    exponent = int(f"{value:.{digits - 1}e}".split("e")[1])  # after rounding: 0.99999 counts as 1
    return _trim(f"{value:.{max(digits - 1 - exponent, 0)}f}").replace("-", "−")


def _trim(decimal):
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal


FULL = 4  # rows and columns up to which an array is shown entry by entry


def rows(value) -> list[list[str]] | None:
    """The entries of a small array, row by row; a vector stands upright. None if it is too large to show."""
    array = np.asarray(value)
    array = array.reshape(-1, 1) if array.ndim == 1 else array
    if array.ndim != 2 or max(array.shape) > FULL:
        return None
    return [[number(x) for x in row] for row in array]


def lines(value) -> list[str]:
    """A number or array as lines of text, columns aligned to the right; a large array by its shape."""
    if np.ndim(value) == 0:
        return [number(value)]
    table = rows(value)
    if table is None:
        return [f"array {'×'.join(map(str, np.shape(value)))}"]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in table]


def exact(value) -> str:
    """A value in full: the repr of a float, JSON for an array."""
    array = np.asarray(value)
    if array.ndim == 0:
        return repr(array.item() if array.dtype != np.float32 else float(str(array)))
    return str(array.tolist())
