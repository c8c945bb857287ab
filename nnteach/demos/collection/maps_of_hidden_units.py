"""What four hidden units see (004-02 … 004-04, 004-29 … 004-31): four soft half-planes make a region.

The net of deck 004, 2-4-1 with sigmoids, on its blob, with its settings (004-25 … 004-28): Adam 0.01, batches
of 100, reshuffled. The deck's own output weights, 4.97, 13.28, 12.22 and 11.85, belong to its lost data:
weights differ from run to run, the picture does not.
"""

from functools import lru_cache

import numpy as np

from ...core.ops import sigmoid
from ...data.toy import blob
from ...nn import MLP
from ...nn.optimizers import Adam
from ...symbolic.number_format import number as digits
from ..framework.demo import Demo, choice, play
from ..framework.regions import grid, show_map, show_points, unit_maps
from ..framework.style import BACKWARD, INK, label_ends

EPOCHS, EVERY, SQUARE = 2000, 40, (0.0, 1.0, 0.0, 1.0)


@lru_cache(maxsize=1)
def training():
    """(the samples, the parameters every 40 epochs, the history)."""
    X, T = blob(400, rng=0)
    net = MLP([2, 4, 1], activation="sigmoid", rng=0)
    states = [dict(net.parameters)]

    def keep(epoch, network, history):
        if epoch % EVERY == 0:
            states.append(dict(network.parameters))

    history = net.fit(
        X,
        T,
        loss="binary_cross_entropy_with_logits",
        optimizer=Adam(0.01),
        epochs=EPOCHS,
        batch_size=100,
        validation=blob(400, rng=1),
        metrics={},
        callback=keep,
        show=False,
    )
    return (X, T), states, history


@lru_cache(maxsize=128)
def maps(epoch: int):
    """(a_H, the output weights, Pr{y = 1}) after an epoch: (4, 60, 60), (4,), (60, 60)."""
    _, states, _ = training()
    net = MLP([2, 4, 1], activation="sigmoid")
    net.parameters = states[epoch // EVERY]
    hidden, output = unit_maps(net, grid(0.0, 1.0))
    return hidden, net.parameters["W2"][0], sigmoid(output[0])


def draw(figure, epoch, shown):
    """The decision region, the four maps, and the losses so far."""
    (X, T), _, history = training()
    hidden, weights, region = maps(epoch)
    axes = figure.add_axes((0.03, 0.1, 0.36, 0.77))
    show_map(axes, region, -0.2, 1.2, SQUARE, boundary=0.5)
    show_points(axes, X, T, 30)
    _bare(axes, "Pr{y = 1 | x}")
    for i, (values, weight) in enumerate(zip(hidden, weights, strict=True)):
        small = figure.add_axes((0.42 + 0.155 * (i % 2), 0.53 - 0.47 * (i // 2), 0.14, 0.34))
        if shown == "weighted":
            show_map(small, weight * values, -12, 12, SQUARE)
        else:
            show_map(small, values, -0.2, 1.2, SQUARE)
        _bare(small, f"{i + 1}: weight {digits(weight, 3)}", 15)
    _losses(figure.add_axes((0.79, 0.15, 0.12, 0.72)), history, epoch)
    accuracy = np.mean((_at(region, X) > 0.5) == T)
    return (
        f"After {epoch} epochs the output adds the four maps with the weights "
        f"{', '.join(digits(w, 3) for w in weights)}; about "
        f"{round(100 * accuracy)} % of the samples lie on the right side."
    )


def _at(region, X):
    """The region at the samples, from the nearest place."""
    column, row = np.rint(np.clip(X, 0, 1) * (len(region) - 1)).astype(int).T
    return region[row, column]


def _bare(axes, title, size=18):
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    axes.set_title(title, fontsize=size, pad=8)


def _losses(axes, history, epoch):
    axes.set(xlim=(0, EPOCHS), ylim=(0, 0.8), xlabel="epoch")
    ends = []
    for name, text, colour, dashes in (
        ("loss", "training", INK, "-"),
        ("val_loss", "validation", BACKWARD, (0, (4, 2))),
    ):
        axes.plot(np.arange(1, epoch + 1), history[name][:epoch], color=colour, linestyle=dashes, linewidth=2)
        ends.append((history[name][epoch - 1] if epoch else 0.7, text, colour))
    axes.locator_params(nbins=2)
    axes.set_title("loss")
    label_ends(axes, ends)


DEMO = Demo(
    "hidden_maps",
    "Decision region and hidden-layer maps",
    "004-02 … 004-04, 004-29 … 004-31",
    draw,
    (
        play("epoch", "epoch", EPOCHS, EPOCHS, EVERY, interval=150),
        choice(
            "shown",
            "the small maps",
            {"a_H, after the sigmoid": "activation", "times its weight": "weighted"},
        ),
    ),
    prepare=training,
)
