"""The playground alive: the browser asks for a frame, Python trains and answers with bytes.

Nothing runs unless a frame is asked for, so Pause stops at once and a slow machine only shows fewer frames.
"""

from dataclasses import replace
from pathlib import Path

import anywidget
import numpy as np

from ...player import step
from .content import Still, small
from .playground_engine import KEEPS_LEARNING, REACH, SIDE, Engine
from .playground_picture import caption, draw_frame, say, settings
from .show import Show

MOST_FRAMES = 10  # for one question: Pause must not have to wait
STYLE = """
.nnteach-playground canvas { width: 100%; max-width: 1440px; height: auto; background: white; }
.nnteach-playground-bar { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; margin: 6px 0; }
.nnteach-playground-bar button { font-size: 20px; padding: 8px 18px; min-height: 44px; cursor: pointer; }
.nnteach-playground-say { font-size: 18px; }
"""


class Picture(anywidget.AnyWidget):
    """The picture in the browser; `answer` is called with what it asks for: "state", "frame" or "again"."""

    _esm = Path(__file__).with_name("playground.js").read_text(encoding="utf-8")
    _css = STYLE

    def __init__(self, answer):
        super().__init__()
        self.on_msg(lambda widget, content, buffers: answer(content["kind"], content["count"]))


class Live(Show):
    """The playground's widgets.

    Attributes:
        engine: what is in training.
        canvas: the picture.
    """

    def __init__(self, demo, values):
        self.engine, self.trained = None, values
        self.canvas = Picture(self.answer)
        actions = {"Open this step in the player": self.open_step}
        super().__init__(replace(demo, actions=actions), {c.name: values[c.name] for c in demo.controls})
        self.box.children = [self.canvas if child is self.image else child for child in self.box.children]

    @property
    def sentence(self) -> str:
        return say(self.engine.frame(0))

    def redraw(self, change=None) -> None:
        """Go on with a new learning rate or batch; anything else needs a fresh start."""
        values = self.values
        if change is not None and change["owner"] in [self.inputs[name] for name in KEEPS_LEARNING]:
            self.engine.learning_rate, self.engine.batch = values["learning_rate"], values["batch"]
            self.send_state()
        else:
            self.start()

    def start(self) -> None:
        """A fresh network for the values of now."""
        self.engine = Engine(**settings(self.values))
        self.send_state()

    def answer(self, kind: str, count: int = 1) -> None:
        """What the browser asks for; `count` frames, one message each."""
        if kind == "frame":
            for _ in range(min(count, MOST_FRAMES)):
                self.send_frame()
        elif kind == "again":
            self.start()
        else:
            self.send_state()

    def send_frame(self) -> None:
        """Train a little, and send what changed."""
        frame = self.engine.frame(self.values["steps"])
        self.canvas.send({"kind": "frame", "loss": frame.losses, **_common(frame)}, [as_bytes(frame.maps)])

    def send_state(self) -> None:
        """Send everything: for a new network, or a new view of it."""
        engine, frame = self.engine, self.engine.frame(0)
        half = len(engine.points) // 2
        points = [
            [*map(float, point), int(label), i >= half]
            for i, (point, label) in enumerate(zip(engine.points, engine.classes, strict=True))
        ]
        self.canvas.send(
            {
                "kind": "state",
                "features": engine.features,
                "layers": engine.network.sizes,
                "points": points,
                "side": SIDE,
                "reach": REACH,
                "losses": engine.losses,
                "caption": caption(self.values),
                **_common(frame),
            },
            [as_bytes(frame.maps), as_bytes([np.clip(engine.feature_maps, -1, 1)])],
        )

    def open_step(self, **values):
        """The next training step, on the first sample of its minibatch, in the player."""
        return step(self.engine.step_graph(), level="neuron", learning_rate=self.engine.learning_rate)

    def still(self) -> Still:
        """The picture of now; of an untrained network what becomes of it, since nothing will move there."""
        if self.engine.steps == 0:
            return self.demo.still(**self.trained)
        now = replace(
            self.demo, draw=lambda figure, **values: draw_frame(figure, self.engine, self.engine.frame(0))
        )
        figure, sentence = now.fill({})
        return Still(self.demo, self.values, small(figure), sentence)


def _common(frame) -> dict:
    return {
        "weights": [weights.tolist() for weights in frame.weights],
        "steps": frame.steps,
        "say": say(frame),
    }


def as_bytes(maps) -> bytes:
    """Maps with values from −1 to 1, one after another, a byte for each place."""
    return b"".join(np.rint(127.5 + 127.5 * values).astype(np.uint8).tobytes() for values in maps)
