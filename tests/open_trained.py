"""How long a trained 784-300-100-10 takes to open in the player, in real Chromium, with a picture of it.

    KERAS_BACKEND=torch python tests/open_trained.py trained.png     # or tensorflow, or jax

It trains on the clothes that are there (quick mode takes 2,000), opens the model for one picture of the test set at
the layer level, and prints the seconds from the call of from_keras to the first player on the screen.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

import nnteach as nt
from conftest import CHROMIUM_OPTIONS
from nnteach.cli.doctor import find_chromium
from nnteach.frameworks import clothes, here, needs
from nnteach.player.python.page import document

EPOCHS, LONGEST = 5, 3.0


def trained(data):
    """A 784-300-100-10 after some epochs."""
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([
        keras.Input((28, 28)),
        keras.layers.Flatten(),
        keras.layers.Dense(300, activation="relu"),
        keras.layers.Dense(100, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(data.x_train, data.y_train, epochs=EPOCHS, batch_size=32, verbose=0)
    return model


def opened(page, folder, model, x, y) -> dict[str, float]:
    """Seconds of each part of the way to the first display, the last one their sum."""
    began = time.perf_counter()
    loss = nt.from_keras(model, x, y)
    graph = time.perf_counter()
    player = nt.step(loss)
    output = player._repr_html_()
    made = time.perf_counter()
    path = Path(folder, "trained.html")
    path.write_text(document(player.data), encoding="utf-8")
    page.goto(path.as_uri(), wait_until="commit")
    page.locator("[data-nnteach-player]").wait_for()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    shown = time.perf_counter()
    print(f"the output has {len(output) / 1024:.0f} KB")
    return {"from_keras": graph - began, "nt.step": made - graph, "Chromium": shown - made, "together": shown - began}


def main(picture=None):
    needs("keras")
    data = clothes("quick")
    model = trained(data)
    accuracy = np.mean(model.predict(data.x_test, verbose=0).argmax(1) == data.y_test)
    print(here(), "|", data, f"| accuracy after {EPOCHS} epochs: {accuracy:.3f}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        for turn in ("first", "second"):
            times = opened(page, folder, model, data.x_test[:1], data.y_test[:1])
            said = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in times.items())
            print(f"{turn} time: {said} (at most {LONGEST:.0f} s)")
        if picture:
            page.wait_for_timeout(500)
            page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
