"""How the demos look: one palette, large letters, and labels that stand beside their lines.

What colour says is said again by a line style, a marker or a word, so that nothing is lost in greyscale.
"""

INK, QUIET, LINE, GROUND = "#16181d", "#5c6370", "#c9ccd3", "#ffffff"
FORWARD, BACKWARD = "#0067a5", "#b34700"  # values and gradients, as in the player
# The first two, then black, then colours that stay apart for all kinds of colour vision (Okabe and Ito).
COLOURS = (FORWARD, BACKWARD, INK, "#007a5e", "#a3488c", "#8a6d00", "#3f8fc4", QUIET)
DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (8, 2, 2, 2)), (0, (1, 1)), (0, (10, 3)), (0, (4, 1, 1, 1, 1, 1)), "-")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

RC = {
    "figure.facecolor": GROUND, "axes.facecolor": GROUND, "savefig.facecolor": GROUND,
    "font.family": "DejaVu Sans", "font.size": 16, "axes.titlesize": 18, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.titlepad": 12, "axes.titley": 1.0, "axes.labelsize": 17,
    "xtick.labelsize": 15, "ytick.labelsize": 15,
    "text.color": INK, "axes.labelcolor": INK, "axes.titlecolor": INK, "xtick.color": QUIET, "ytick.color": QUIET,
    "axes.edgecolor": QUIET, "axes.linewidth": 1.2, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": False, "grid.color": LINE, "lines.linewidth": 3.0, "lines.markersize": 9,
    "axes.unicode_minus": True, "image.cmap": "cividis", "path.simplify": True,
}


def panels(figure, rows: int = 1, columns: int = 1, left=0.08, right=0.97, bottom=0.14, top=0.88, **spacing):
    """Axes at fixed places: a picture must not jump while a control moves, and a layout engine takes too long.

    Args:
        figure: an empty figure.
        rows, columns: how many axes.
        left, right, bottom, top: edges of them all, as shares of the figure.
        spacing: `wspace`, `hspace`, `width_ratios`, `height_ratios` as matplotlib understands them.

    Returns:
        The axes, as `figure.subplots` gives them.
    """
    edges = {"left": left, "right": right, "bottom": bottom, "top": top}
    made = figure.subplots(rows, columns, gridspec_kw=edges | spacing)
    for axes in figure.axes:
        axes.locator_params(nbins=5)  # a picture for the back row has few ticks, and they take most of the time
    return made


def apart(places, distance: float) -> list[float]:
    """The places, moved as little as is needed for neighbours to stand `distance` apart; in the order given.

    Least squares: neighbours that are too near form a block, which is spread around its middle; blocks that meet
    become one (isotonic regression by pooling).
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    blocks: list[tuple[float, int]] = []  # (level of the lowest if all stood at distance 0, how many)
    for rank, i in enumerate(order):
        level, count = places[i] - rank * distance, 1
        while blocks and blocks[-1][0] > level:
            below, more = blocks.pop()
            level, count = (level * count + below * more) / (count + more), count + more
        blocks.append((level, count))
    levels = [level for level, count in blocks for _ in range(count)]
    moved = {i: level + rank * distance for rank, (i, level) in enumerate(zip(order, levels, strict=True))}
    return [moved[i] for i in range(len(places))]


def label_ends(axes, ends, distance: float = 0.07) -> None:
    """Write each line's name at its right end, none over another; call it when the limits are set.

    Args:
        axes: with room at its right.
        ends: one (y in data coordinates, text, colour) for each line, or with its marker as a fourth.
        distance: between two labels, as a share of the axes' height.
    """
    to_share = axes.transData + axes.transAxes.inverted()
    x = axes.get_xlim()[1]
    heights = [min(max(to_share.transform((x, end[0]))[1], 0.0), 1.0) for end in ends]
    for height, (_, text, colour, *marker) in zip(apart(heights, distance), ends, strict=True):
        if marker:
            axes.plot(1.035, height, marker=marker[0], color=colour, transform=axes.transAxes, clip_on=False)
        axes.text(1.07 if marker else 1.015, height, text, color=colour, transform=axes.transAxes, va="center",
                  fontsize=15)


def powers_of_ten(axis, low: int, high: int, every: int = 2) -> None:
    """A logarithmic axis from 10^low to 10^high; its labels are plain letters, because mathtext is slow."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log", f"{axis.axis_name}lim": (10.0**low, 10.0**high)})
    marks = range(low, high + 1, every)
    axis.set_ticks([10.0**k for k in marks], [_power(k) for k in marks])
    axis.set_minor_locator(_nowhere())


def _power(exponent: int) -> str:
    if exponent in (0, 1):
        return str(10**exponent)
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _nowhere():
    from matplotlib.ticker import NullLocator
    return NullLocator()
