"""The playground (000-41): choose data, features and a network, and watch it learn, unit by unit.

Every unit is drawn as the map of what it says over the plane, blue for positive and orange for negative; a
line to it is as thick as its weight. In a notebook the network learns as long as Play is on
(`framework/playground_live.py`); the plain form draws it after some frames. "Open this step in the player" shows the
very next step, number by number.
"""

from ..framework.demo import Demo, choice, number, power, switch, whole
from ..framework.playground_engine import FEATURES, PENALTIES, SETS
from ..framework.playground_picture import draw

LAYERS = {
    "none": "",
    "2": "2",
    "4": "4",
    "8": "8",
    "4 and 2": "4, 2",
    "8 and 4": "8, 4",
    "8, 4 and 2": "8, 4, 2",
}
FRAMES = 120


class Playground(Demo):
    """A demo whose picture is alive by itself: it is drawn in the browser, from bytes."""

    def __call__(self, **changes):
        """The playground with its controls; it shows itself in a notebook and begins untrained."""
        from ...player.python.reruns import of_this_run
        from ..framework.playground_live import Live

        values = self.values(**changes)
        with of_this_run():
            return Live(self, values)

    def values(self, frames: int = FRAMES, **changes) -> dict:
        """A value for every control; and how many frames are trained before the plain form is drawn."""
        return super().values(**changes) | {"frames": frames}


DEMO = Playground(
    "playground",
    "Playground: watch a network learn",
    "000-41",
    draw,
    (
        choice("data", "data", list(SETS)),
        number("noise", "noise", 0.1, 0, 0.4, 0.02),
        *(switch(f"feature{i}", name, i < 2) for i, name in enumerate(FEATURES)),
        choice("layers", "hidden units", LAYERS, "4, 2"),
        choice("activation", "activation", ["tanh", "relu", "sigmoid", "identity"]),
        choice("penalty", "penalty", list(PENALTIES)),
        power("strength", "its strength λ", 0.001, 1e-5, 1e-1),
        power("learning_rate", "learning rate", 0.1, 1e-3, 1e1),
        whole("batch", "batch", 12, 1, 60),
        whole("steps", "steps per frame", 10, 1, 50),
        whole("seed", "seed", 0, 0, 20),
    ),
    size=(14.4, 6.2),
)
