"""Cubic Bézier curves as lists of 3k + 1 points (x, y)."""

import math
from itertools import pairwise


def curve(start, end):
    """The four points of a curve that leaves `start` and enters `end` horizontally."""
    middle = (start[0] + end[0]) / 2
    return [start, (middle, start[1]), (middle, end[1]), end]


def straight(start, end):
    """The three points after `start` of a straight line."""
    (x0, y0), (x1, y1) = start, end
    return [(x0 + (x1 - x0) / 3, y0 + (y1 - y0) / 3), (x0 + (x1 - x0) * 2 / 3, y0 + (y1 - y0) * 2 / 3), end]


def half(port, middle, slope, arm):
    """One curve from a level port to a point where it has the given slope for about the length of the arm."""
    width = middle[0] - port[0]
    arm = math.copysign(min(abs(arm), abs(width) / 2), width)
    return [port, (port[0] + width * 0.4, port[1]), (middle[0] - arm, middle[1] - slope * arm), middle]


def joined(start, piece, end):
    """The piece between level lines from `start` and to `end`, its own ends level and as high as these."""
    (x0, _), (x1, _), *inner, (x2, _), (x3, _) = piece
    (_, leaves), (_, enters) = start, end
    piece = [(x0, leaves), (x1, leaves), *inner, (x2, enters), (x3, enters)]
    return [start, *straight(start, piece[0]), *piece[1:], *straight(piece[-1], end)]


def samples(points, count):
    """Points on the curves, `count` for each, the very last one left out."""
    return [_at(points[first:first + 4], step / count)
            for first in range(0, len(points) - 1, 3) for step in range(count)]


def length(points):
    """Length, from eight straight pieces for each curve."""
    stops = [*samples(points, 8), points[-1]]
    return sum(math.dist(start, end) for start, end in pairwise(stops))


def _at(points, t):
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3
