"""A history of neural networks with its sources, and where the decks disagree.

What the decks say: 000-07, 000-42, 000-44, 001-17, 002-01 … 002-08, 002-28, 003-05, 003-09, 004-07, 004-23
(C28, E003-6, E004-13). To add an event, add a line to EVENTS; it needs a source that a reader can look up.
"""

from textwrap import fill
from typing import NamedTuple

from ..framework.demo import Demo, choice, whole
from ..framework.style import BACKWARD, FORWARD, INK, LINE, QUIET


class Event(NamedTuple):
    """Something that happened.

    Attributes:
        year: as in the source.
        label: a few words.
        what: a sentence.
        source: where that can be read.
        decks: the slides that speak of it.
        dispute: how the decks disagree with each other or with the source; "" if they do not.
    """

    year: int
    label: str
    what: str
    source: str
    decks: str
    dispute: str = ""


EVENTS = (
    Event(
        1943,
        "McCulloch & Pitts",
        "A neuron as a threshold: enough active inputs fire it, an inhibiting one forbids it.",
        "McCulloch, Pitts: A logical calculus of the ideas immanent in nervous activity, 1943",
        "001-17, 002-03",
    ),
    Event(
        1949,
        "Hebb",
        "Neurons that fire together strengthen their connection: a rule of learning.",
        "Hebb: The Organization of Behavior, 1949",
        "004-07",
    ),
    Event(
        1958,
        "Rosenblatt's perceptron",
        "The weights of a threshold unit are learnt from examples.",
        "Rosenblatt: The perceptron, Psychological Review 65, 1958",
        "001-17, 002-04, 004-07",
    ),
    Event(
        1962,
        "Hubel & Wiesel",
        "The cat's visual cortex builds features from simpler features.",
        "Hubel, Wiesel: Receptive fields …, Journal of Physiology 148 (1959) and 160 (1962)",
        "001-17",
    ),
    Event(
        1969,
        "Minsky & Papert",
        "What one layer cannot compute; XOR became its emblem.",
        "Minsky, Papert: Perceptrons, 1969",
        "002-07, 003-05",
        "003 prints “Minsky and Seymour”: Seymour is the first name of Papert, as 002 has it.",
    ),
    Event(
        1970,
        "Linnainmaa: reverse mode",
        "All derivatives of a result in one pass backward, for any program.",
        "Linnainmaa: master's thesis, University of Helsinki, 1970",
        "",
        "004 dates back-propagation to the 1960s: optimal "
        "control had precursors then; reverse mode is from 1970.",
    ),
    Event(
        1974,
        "Werbos",
        "Goes backward through a model to adapt it; applied to networks in 1982.",
        "Werbos: Beyond Regression, PhD thesis, Harvard, 1974",
        "",
    ),
    Event(
        1986,
        "Backprop learns features",
        "Hidden units trained by gradients find useful representations.",
        "Rumelhart, Hinton, Williams: Nature 323, 533–536, 1986",
        "000-07, 002-08, 002-28, 004-07",
        "000: 1986. 002: 1985 (the report) and 1986. 004: "
        "“1960s”. The method is from 1970, its fame from 1986.",
    ),
    Event(
        1989,
        "Cybenko",
        "One hidden layer of sigmoids can approximate any continuous function on a bounded region.",
        "Cybenko: Approximation by superpositions of a sigmoidal function, 1989",
        "002-08",
    ),
    Event(
        1998,
        "LeNet-5",
        "A convolutional network reads handwritten digits.",
        "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998",
        "003-09",
    ),
    Event(
        2009,
        "86 billion neurons",
        "The neurons of a human brain are counted.",
        "Azevedo et al.: Journal of Comparative Neurology 513, 2009",
        "003-09",
        "003 has the older, round 100 billion.",
    ),
    Event(
        2012,
        "AlexNet",
        "A deep convolutional network, trained on GPUs, wins the ImageNet challenge by far.",
        "Krizhevsky, Sutskever, Hinton: NeurIPS 2012",
        "003-09, 004-07",
    ),
    Event(
        2012,
        "Dropout",
        "Units are silenced at random in training; AlexNet uses it.",
        "Hinton et al.: arXiv 1207.0580, 2012; Srivastava et al.: JMLR 15, 2014",
        "001-17, 002-44",
    ),
    Event(
        2015,
        "Normalisation, He weights",
        "Batch normalisation, and initial weights made for ReLU: depth becomes trainable.",
        "Ioffe, Szegedy: ICML 2015; He, Zhang, Ren, Sun: ICCV 2015",
        "001-17, 002-46, 002-48",
    ),
    Event(
        2015,
        "TensorFlow, Keras",
        "Google publishes TensorFlow, and Keras appears. Torch and Theano are years older.",
        "tensorflow.org, keras.io",
        "000-42, 000-44, 004-23",
        "004: Keras on TensorFlow, Theano, CNTK. 000: "
        "TensorFlow, PyTorch, JAX. Both are right, of their time.",
    ),
    Event(
        2015,
        "ResNet",
        "Layers that add to their input: 152 of them win the ImageNet challenge.",
        "He, Zhang, Ren, Sun: Deep residual learning for image recognition, 2015",
        "003-09",
    ),
    Event(
        2016, "AlphaGo", "Beats Lee Sedol, and Ke Jie in 2017.", "Silver et al.: Nature 529, 2016", "002-01"
    ),
    Event(2017, "PyTorch", "Graphs are built while the program runs.", "pytorch.org", "004-23"),
    Event(
        2018, "Turing Award", "To Bengio, Hinton and LeCun.", "ACM A. M. Turing Award 2018", "000-42, 003-09"
    ),
)
SHOWN = {"everything": "all", "where the decks disagree": "disputed"}


def draw(figure, shown, event):
    """The events in a row, one with its sources below; if wanted, those on which the decks agree are pale."""
    one, gap = EVENTS[event - 1], 10.2 / (len(EVENTS) - 1)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 12.8), ylim=(0, 6))
    axes.axis("off")
    axes.plot([0.5, 11.2], [2.75, 2.75], color=LINE, linewidth=6, solid_capstyle="round")
    for i, other in enumerate(EVENTS):
        _mark(axes, 0.7 + gap * i, other, other is one, shown == "disputed" and not other.dispute)
    _detail(axes, one, 0.7 + gap * (event - 1))
    return f"{one.year}, {one.label}. {one.what} Source: {one.source}." + (
        f" {one.dispute}" if one.dispute else ""
    )


def _mark(axes, x, event, now, pale):
    """A dot with its year below and its name above; a diamond where the decks disagree."""
    colour = LINE if pale else BACKWARD if event.dispute else FORWARD
    axes.plot(
        x,
        2.75,
        "D" if event.dispute else "o",
        color=colour,
        markersize=20 if now else 13,
        markeredgecolor=INK if now else "white",
        markeredgewidth=2,
    )
    axes.text(
        x,
        2.36,
        str(event.year),
        ha="center",
        va="center",
        fontsize=15,
        color=INK if now else QUIET,
        fontweight="bold" if now else "normal",
    )
    axes.text(
        x - 0.05,
        3.02,
        event.label,
        rotation=42,
        rotation_mode="anchor",
        fontsize=16,
        color=colour,
        fontweight="bold" if now else "normal",
    )


def _detail(axes, event, x):
    axes.plot([x, x], [2.15, 1.95], color=INK, linewidth=2)
    axes.plot([0.4, 12.4], [1.95, 1.95], color=INK, linewidth=2)
    axes.text(0.5, 1.6, f"{event.year}  {event.what}", fontsize=19, fontweight="bold", va="center")
    slides = f"      [slides {event.decks}]" if event.decks else ""
    axes.text(0.5, 1.17, event.source + slides, fontsize=15, color=QUIET, va="center")
    if event.dispute:
        axes.text(
            0.5, 0.85, fill(f"≠  {event.dispute}", 90), fontsize=17, color=BACKWARD, va="top", linespacing=1.4
        )


DEMO = Demo(
    "history",
    "A history, and where the decks disagree",
    "001-17, 003-05, 003-09, 004-07, 000-07, 000-42 … 000-44",
    draw,
    (choice("shown", "show", SHOWN), whole("event", "event", 8, 1, len(EVENTS))),
)
