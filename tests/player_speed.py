"""How fast the player is, at a quarter of the processor's speed: one table, with the load of the machine.

    python tests/player_speed.py

A chain with branches of 50, 500 and 2,000 nodes. Times in the browser are the 95th percentile, in ms: from the key to
the finished document, to the next frame that is painted after it, and a jump to a random step with its frame. "opens"
is from a notebook's output to the first player on the screen. What is asked for stands in brackets. Of the payload,
which is all of a notebook's output but the picture, the message and the rest, mostly script and style, are given too.
"""

import os
import random
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

import nnteach as nt
from conftest import CHROMIUM_OPTIONS
from nnteach.cli.doctor import find_chromium
from nnteach.player.python.pack import joined, packed
from nnteach.player.python.page import document, notebook_output
from nnteach.player.python.script import script

NODES = (50, 500, 2000)
LIMITS = {
    "key to document, ms": (4, 8, 16), "key to paint, ms": (33, 50, 100), "  half of the keys, ms": (33, 50, 100),
    "jump, ms": (33, 66, 150),
    "opens, s": (0.15, 0.6, 2), "trace and layout, s": (0.05, 0.5, 3),
}
SIZES = {
    "payload, KB": (30, 250, 1000), "  the message, KB": (30, 250, 1000), "page of its own, KB": (120, 350, 1200),
}  # fmt: skip
KEYS = 60

# When the first frame with a player, or with what stands for one, was painted: ms since the navigation began.
OPENED = """new MutationObserver((_, observer) => {
  if (!document.querySelector("[data-nnteach-player][data-step]")) return;
  observer.disconnect();
  requestAnimationFrame(() => { const channel = new MessageChannel();
    channel.port1.onmessage = () => { window.opened = performance.now(); }; channel.port2.postMessage(0); });
}).observe(document, {subtree: true, childList: true, attributeFilter: ["data-step"]})"""
# A page that only counts the keys: what is left is the browser's own share.
EMPTY = """<!doctype html><meta charset=utf-8>
<div data-nnteach-player data-step=0 data-steps=9><p>0</p><input type=range></div>
<script>
  const [root] = document.body.children, [count] = root.children;
  const more = () => { count.textContent = Number(count.textContent) + 1; };
  for (const name of ["keydown", "input"]) root.addEventListener(name, more);
</script>"""

# Presses → and jumps by the slider; p95 of the time to the document and to the frame after it.
MEASURE = """async (count) => {
  const root = document.querySelector("[data-nnteach-player]"), slider = root.querySelector("[type=range]");
  const frame = () => new Promise((done) => requestAnimationFrame(() => { const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now()); channel.port2.postMessage(0); }));
  const at = (share, times) => times.sort((a, b) => a - b)[Math.floor(times.length * share)];
  const changed = [], painted = [], jumped = [];
  const steps = Number(root.dataset.steps);
  for (let turn = 0; turn < count; turn += 1) {
    await frame();
    let began = performance.now();
    root.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}));
    changed.push(performance.now() - began);
    painted.push(await frame() - began);
    if (turn % 2) {
      slider.value = Math.floor((turn * 7919) % (steps + 1));
      began = performance.now();
      slider.dispatchEvent(new Event("input", {bubbles: true}));
      jumped.push(await frame() - began);
    }
  }
  return [at(0.95, changed), at(0.95, painted), at(0.5, painted), at(0.95, jumped)];
}"""


def graph(count: int):
    """An expression of so many nodes: sums and products of what came before, each used again."""
    rng = random.Random(0)
    made = [nt.variable(rng.uniform(-1, 1), name=f"x{k}") for k in range(count // 5)]
    while len(made) < count - 1:
        a, b = made[-1], made[rng.randrange(max(0, len(made) - 20), len(made))]
        made.append(nt.tanh(a) if len(made) % 3 == 0 else a + b if len(made) % 3 == 1 else a * b)
    return made[-1].sum() if made[-1].shape else (made[-1] + made[0]).named("f")


def open_page(browser, source, folder, slow=4):
    """A page, and how long it took from the address to the frame that shows the player, in seconds."""
    path = Path(folder, "page.html")
    path.write_text(source, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1180, "height": 700})
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.add_init_script(OPENED)
    page.goto(path.as_uri(), wait_until="commit")
    return page, page.wait_for_function("() => window.opened", timeout=60_000).json_value() / 1000


def measure(browser, count, folder):
    root = graph(count)
    nt.step(root).data  # noqa: B018  (it is made when it is asked for: here, to warm up)
    began = time.perf_counter()
    drawing = nt.draw(root)
    drawing.layout  # noqa: B018  (it is computed when it is asked for)
    python = time.perf_counter() - began
    data = nt.step(root).data
    page, opens = open_page(browser, document(data), folder)
    times = page.evaluate(MEASURE, KEYS)
    page.close()
    return [*times, opens, python, *sizes(data)]


def sizes(data):
    """KB of the payload, of the message alone, packed, and of a page of its own, as `SIZES` lists them."""
    output = notebook_output(data)
    payload = output.replace(output.split('src="')[1].split('"')[0], "")
    return [len(text.encode()) / 1000 for text in (payload, packed(joined({**data, "picture": ""})), document(data))]


def notebook_of(browser, count, folder):
    """Size in MB of a notebook with so many players, and the seconds until those in the window stand, and all."""
    outputs = [notebook_output(nt.step(graph(30 + k)).data) for k in range(count)]
    path = Path(folder, "page.html")
    path.write_text("<!doctype html><meta charset=utf-8>" + "".join(outputs), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1180, "height": 700})
    began = time.perf_counter()
    page.goto(path.as_uri())
    seconds = []
    for there in (2, count):  # the second begins within the window, the third is far below
        for k in range(there):
            frame = page.locator(".nnteach-output").nth(k).locator("iframe")
            frame.content_frame.locator("[data-nnteach-player][data-step]").wait_for()
        seconds.append(time.perf_counter() - began)
    page.close()
    return sum(len(output.encode()) for output in outputs) / 1e6, *seconds


def main():
    load = os.getloadavg()[0]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        columns = [measure(browser, count, folder) for count in NODES]
        page, empty = open_page(browser, EMPTY, folder)
        _, key, _, jump = page.evaluate(MEASURE, KEYS)
        megabytes, *seconds = notebook_of(browser, 25, folder)
        browser.close()
    print(f"{'':22}" + "".join(f"{f'{count:,} nodes':>20}" for count in NODES))
    for (name, limits), row in zip((LIMITS | SIZES).items(), np.transpose(columns), strict=True):
        cells = (f"{value:.3g} ({limit})" for value, limit in zip(row, limits, strict=True))
        print(f"{name:22}" + "".join(f"{cell:>20}" for cell in cells))
    print(f"JavaScript {len(script().encode()) / 1000:.1f} KB (60); 25 players {megabytes:.2f} MB (3), "
          f"those in sight open in {seconds[0]:.1f} s (3), all in {seconds[1]:.1f} s")
    print(f"An empty page opens in {empty:.2f} s and needs {key:.0f} ms for a key, {jump:.0f} for a jump. "
          "Processor slowed down 4 times. "
          f"Load of the machine {load:.1f} before and {os.getloadavg()[0]:.1f} after, {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
