"""Heat cells: how a box shows an array that is too large to be written out number by number.

A grid of cells, the stronger the colour the larger the magnitude, relative to the largest; a negative cell has the
other colour and a slit, so that signs differ without colour too. Beside it stand shape and range in words. Of a large
array every cell is one of its numbers, evenly picked: an average would hide how large the numbers are.

A grid travels as a text, `"04a/1bd"`: a row between slashes, `0` for zero, `1` to `4` for positive and `a` to `d` for
negative numbers.
"""

import numpy as np

from ..symbolic.number_format import lines, number, rows

MOST_CELLS = 12
"""Rows and columns of a grid; of more, some are picked."""
MOST_WRITTEN = 64
"""Numbers of an array whose cells can be asked for their numbers."""
_CODES = np.array(list("dcba01234"))
_STRONGEST = 4
_SLIT = 0.2  # of a cell
_GAP = 1
_SMALLEST, _LARGEST, _ROOM = 10, 16, 96


def is_heat(value) -> bool:
    """Whether an array is shown as heat cells."""
    return np.size(value) > 0 and rows(value) is None if np.ndim(value) else False


def box_lines(value) -> list[str]:
    """The lines of text in a box: the numbers of a small array; shape and range of one that is shown as heat cells."""
    shown = lines(value)
    return [*shown, f"{number(np.min(value), 3)} … {number(np.max(value), 3)}"] if is_heat(value) else shown


def grid_shape(shape: tuple) -> tuple[int, int]:
    """(rows, columns) of an array as a table: a vector is a row, and of more axes all but the last are run through."""
    return int(np.prod(shape[:-1])), shape[-1]


def cells_of(shape: tuple) -> tuple[int, int]:
    """(rows, columns) of the cells that show an array of this shape."""
    rows, columns = grid_shape(shape)
    return min(rows, MOST_CELLS), min(columns, MOST_CELLS)


def is_sampled(shape: tuple) -> bool:
    """Whether only some of the numbers are shown."""
    return max(grid_shape(shape)) > MOST_CELLS


def heat_codes(value) -> str:
    """An array as the text of its cells; empty if it is not shown as cells."""
    if not is_heat(value):
        return ""
    table = np.asarray(value, float).reshape(grid_shape(np.shape(value)))
    picked = table[np.ix_(*map(_picked, table.shape))]
    finite = np.abs(table[np.isfinite(table)])
    largest = finite.max(initial=0.0) or 1.0
    share = np.clip(np.nan_to_num(picked / largest, nan=0.0), -1, 1)
    levels = np.sign(share) * np.ceil(np.abs(share) * _STRONGEST)
    return "/".join("".join(row) for row in _CODES[levels.astype(int) + _STRONGEST])


def heat_numbers(value) -> str:
    """The numbers behind the cells, as they are shown: `"1 −2/0.5 3"`; empty if they are too many."""
    if not is_heat(value) or np.size(value) > MOST_WRITTEN or np.ndim(value) > 2 or is_sampled(np.shape(value)):
        return ""
    table = np.asarray(value).reshape(grid_shape(np.shape(value)))
    return "/".join(" ".join(map(number, row)) for row in table)


def _picked(length):
    """Indices, evenly spread, the first and the last among them."""
    return np.linspace(0, length - 1, min(length, MOST_CELLS)).round().astype(int)


# ------------------------------------------------------------------------------------------- as a drawing

def cell_size(cells: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of a cell in px, the gap to the next one included; a single row is twice as high, to be seen."""
    side = min(_LARGEST, max(_SMALLEST, _ROOM // max(cells)))
    return side, 2 * side if cells[0] == 1 else side


def grid_size(cells: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of a grid in px; (0, 0) where there is none."""
    width, height = cell_size(cells) if all(cells) else (0, 0)
    return cells[1] * width, cells[0] * height


def rectangles(codes: str, size: tuple[int, int]) -> dict[str, list[tuple]]:
    """For every code but zero the rectangles (x, y, width, height) in px that show it, from the grid's corner on.

    `size` is that of a cell. The player's script does the same (`js/heat.js`).
    """
    found: dict = {}
    width, height = size
    for row, line in enumerate(codes.split("/")):
        for column, code in enumerate(line):
            if code != "0":
                pieces = _cell(column * width, row * height, width - _GAP, height - _GAP, negative=code > "9")
                found.setdefault(code, []).extend(pieces)
    return dict(sorted(found.items()))


def _cell(x, y, width, height, negative):
    """A full cell, or the two halves that a slit leaves of it."""
    if not negative:
        return [(x, y, width, height)]
    half = round(height * (1 - _SLIT) / 2)
    return [(x, y, width, half), (x, y + height - half, width, half)]


def opacity(code: str) -> float:
    """How strong the colour of a code is, from 0 to 1."""
    return ("abcd".index(code) + 1 if code > "9" else int(code)) / _STRONGEST
