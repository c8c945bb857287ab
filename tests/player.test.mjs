// The player's plain functions, without a browser: node --test tests/player.test.mjs
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "node:test";

// The script as it is delivered: Python joins its parts.
const source = execFileSync(process.env.PYTHON ?? "python", ["-m", "nnteach.player.python.script"], { encoding: "utf8" });
const player = await import(`data:text/javascript;base64,${Buffer.from(source).toString("base64")}`);
const xyz = JSON.parse(readFileSync(new URL("fixtures/player_xyz.json", import.meta.url), "utf8"));
const node = (name) => xyz.nodes.find((one) => one.name === name);
const edge = (id) => xyz.edges.find((one) => one.id === id);

test("an entry counts from its step until the next one", () => {
  const timeline = [[0, "a"], [3, "b"], [4, "c"], [9, "d"]];
  const seen = [0, 1, 2, 3, 4, 5, 8, 9, 100].map((step) => player.entryAt(timeline, step)[1]).join("");
  assert.equal(seen, "aaabcccdd");
  assert.deepEqual(player.entryAt([[0, "only"]], 7), [0, "only"]);
});

test("entries of long timelines are the same as by a plain search", () => {
  const timeline = Array.from({ length: 200 }, (_, index) => [index * 3, index]);
  for (let step = 0; step < 620; step += 1) {
    assert.equal(player.entryAt(timeline, step), timeline.findLast((entry) => entry[0] <= step));
  }
});

test("the numbers of (x + y) z are where they belong", () => {
  const gradient = (name, step) => {
    const place = player.entryAt(node(name).timeline, step)[3];
    return place === null ? null : xyz.texts[place][0];
  };
  assert.deepEqual(["x", "y", "z", "q", "f"].map((name) => gradient(name, 7)), ["-4.0", "-4.0", "3.0", "-4.0", "1.0"]);
  assert.equal(gradient("x", 5), null);
  assert.equal(player.entryAt(edge("x->q#0").timeline, 6)[4], "(−4) · 1 = −4");
});

test("phases: start, those of the steps, and done at the last", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map((step) => player.phaseAt(xyz, step)),
    ["start", "forward", "forward", "backward", "backward", "backward", "backward", "done"]);
  assert.deepEqual(player.phaseRuns(xyz.steps), [
    { phase: "forward", first: 1, last: 2 }, { phase: "backward", first: 3, last: 7 }]);
  assert.deepEqual(player.phaseStarts(xyz.steps), [1, 3]);
  assert.deepEqual(player.phaseRuns([]), []);
});

test("a jump by phase goes to first steps, and never stays where it is before the ends", () => {
  assert.deepEqual([0, 1, 2, 3, 6, 7].map((step) => player.nextPhase(xyz.steps, step)), [1, 3, 3, 7, 7, 7]);
  assert.deepEqual([7, 4, 3, 2, 1, 0].map((step) => player.previousPhase(xyz.steps, step)), [3, 3, 1, 1, 0, 0]);
});

test("what changes between two steps is found, and nothing else", () => {
  const names = (items) => items.map((item) => item.name ?? item.id);
  assert.deepEqual(names(player.changedBetween(xyz.nodes, 5, 6)), ["x", "z"]);
  assert.deepEqual(names(player.changedBetween(xyz.edges, 6, 5)), ["x->q#0", "z->f#1"]);
  assert.deepEqual(names(player.changedBetween(xyz.nodes, 4, 4)), []);
  assert.equal(player.changedBetween(xyz.nodes, 0, 7).length, 5);
});

test("a click goes to the forward step of a node, then to its backward steps, and round", () => {
  assert.equal(player.stepOfNode(xyz.steps, "q", 0), 1);
  assert.equal(player.stepOfNode(xyz.steps, "q", 1), 4);
  assert.equal(player.stepOfNode(xyz.steps, "q", 4), 1);
  assert.equal(player.stepOfNode(xyz.steps, "f", 2), 3);
  assert.equal(player.stepOfNode(xyz.steps, "x", 0), 6);
  assert.equal(player.stepOfNode(xyz.steps, "nobody", 3), 3);
});

test("the nodes in use are the current one first, and the other ends of its edges", () => {
  assert.deepEqual(player.nodesInUse(xyz, 0), []);
  assert.deepEqual(player.nodesInUse(xyz, 1).toSorted(), ["q", "x", "y"]);
  assert.deepEqual(player.nodesInUse(xyz, 6), ["x", "q"]);
});

test("keys as the contract lists them", () => {
  const action = (key, rest = {}, place = "") => player.keyAction({ key, ...rest }, place);
  const list = { ArrowRight: "next", ArrowLeft: "previous", PageDown: "next", PageUp: "previous", Home: "first", End: "last",
    " ": "play", f: "fullscreen", F: "fullscreen", t: "table", "?": "help", ".": "blank", b: "blank", Escape: "close",
    p: "predict", 1: "scalar", 2: "vector", 3: "neuron", F2: "lecture" };
  for (const [key, wanted] of Object.entries(list)) assert.equal(action(key), wanted, key);
  assert.equal(action("ArrowRight", { shiftKey: true }), "nextPhase");
  assert.equal(action("ArrowLeft", { shiftKey: true }), "previousPhase");
  assert.equal(action("?", { shiftKey: true }), "help");
  assert.equal(action("x"), null);
});

test("keys that belong to others are left alone", () => {
  for (const modifier of ["ctrlKey", "altKey", "metaKey"]) {
    // What is handed on to the page around (PageDown, F2) is held back like the rest.
    for (const key of ["f", "PageDown", "F2"]) assert.equal(player.keyAction({ key, [modifier]: true }), null, modifier);
  }
  assert.equal(player.keyAction({ key: " " }, "button"), null);
  assert.equal(player.keyAction({ key: "Enter" }, "node"), "visit");
  assert.equal(player.keyAction({ key: "ArrowDown" }, "node"), "nodeAfter");
  assert.equal(player.keyAction({ key: "ArrowDown" }), null);
  assert.equal(player.keyAction({ key: "Home", shiftKey: true }), null);
});

test("numbers as people type them", () => {
  const read = { "-2": "-2", "−2": "-2", "0,5": "0.5", " 3.25 ": "3.25", ".5": ".5", "−1,5e−3": "-1.5e-3", "+4": "+4", "2.": "2." };
  for (const [typed, number] of Object.entries(read)) assert.equal(player.readNumber(typed), number, typed);
  for (const typed of ["", "abc", "1.000,5", "1,000,000", "--2", "1 2", "e5", "NaN", "0x10", "-", ",", "1e"]) {
    assert.equal(player.readNumber(typed), null, typed);
  }
});

test("every key in every field: a number is typed, no letter is, and what leaves the field always does", () => {
  const printable = Array.from({ length: 95 }, (_, code) => String.fromCharCode(32 + code)).concat("−", "–");
  const acting = { f: "fullscreen", t: "table", p: "predict", g: "grain", o: "fold", i: "nextIteration", c: "cellAfter", b: "blank", "?": "help" };
  const own = { Enter: "answer", ArrowRight: null, ArrowLeft: null, Home: null, End: null, Backspace: null, Delete: null, ArrowUp: null };
  const leaving = { Escape: "close", PageDown: "next", PageUp: "previous", F2: "lecture" };
  for (const place of ["answer", "answered"]) {
    for (const key of printable) assert.equal(player.keyAction({ key }, place), acting[key.toLowerCase()] ?? null, `${place} ${key}`);
  }
  for (const key of printable) assert.equal(player.keyAction({ key }, "text"), null, key);
  for (const place of ["answer", "answered", "text"]) {
    for (const [key, wanted] of Object.entries(leaving)) assert.equal(player.keyAction({ key }, place), wanted, `${place} ${key}`);
  }
  for (const [key, wanted] of Object.entries(own)) {
    assert.equal(player.keyAction({ key }, "answered"), wanted, key);
    assert.equal(player.keyAction({ key }, "text"), null, key);
  }
  // Nothing stands there that a cursor could move in.
  for (const [key, wanted] of Object.entries({ ArrowRight: "next", ArrowLeft: "previous", Home: "first", End: "last" })) {
    assert.equal(player.keyAction({ key }, "answer"), wanted, key);
  }
  assert.deepEqual(printable.filter(player.inNumber).join(""), "+,-./0123456789Ee−–");
});

test("a prediction is right within one unit of its last digit, with three digits or all there are", () => {
  const verdict = (typed, answer, slips = []) => player.judge(typed, answer, slips).verdict;
  const right = [["-4", "-4.0"], ["0", "0.0"], ["3.0", "3.0"], ["0.3", "0.30000000000000004"], ["0.667", "0.6666666666666666"],
    ["0.666", "0.6666666666666666"], ["1.97e-1", "0.19661193324148185"], ["1.235e6", "1234567.0"], ["-0.0250", "-0.025"]];
  for (const [typed, answer] of right) assert.equal(verdict(typed, answer), "right", `${typed} for ${answer}`);
  const coarse = [["0.2", "0.19661193324148185"], ["0.67", "0.6666666666666666"], ["1", "0.731"], ["1e6", "1234567.0"]];
  for (const [typed, answer] of coarse) assert.equal(verdict(typed, answer), "coarse", `${typed} for ${answer}`);
  const wrong = [["4", "-4.0"], ["0.668", "0.6666666666666666"], ["0.6", "0.6666666666666666"], ["0", "3.0"], ["0.000", "0.0004"],
    ["1235000", "1234567.0"], ["5", "0.0"], ["123", "inf"]];
  for (const [typed, answer] of wrong) assert.equal(verdict(typed, answer), "wrong", `${typed} for ${answer}`);
});

test("a wrong prediction is recognised by the slip that leads to it", () => {
  const slips = [["1.0", "upstream"], ["-0.7310585786300049", "sign"], ["0.7311", "near"]];
  assert.deepEqual(player.judge("1", "0.7310585786300049", slips), { verdict: "wrong", slip: "upstream" });
  assert.deepEqual(player.judge("-0.731", "0.7310585786300049", slips), { verdict: "wrong", slip: "sign" });
  assert.deepEqual(player.judge("0.731", "0.7310585786300049", slips), { verdict: "right", slip: null });
  assert.deepEqual(player.judge("0.5", "0.7310585786300049", slips), { verdict: "wrong", slip: null });
  assert.deepEqual(player.judge("0.7", "0.7310585786300049", slips), { verdict: "coarse", slip: null });
});

test("a step and a node are carried to another level and back", () => {
  const vector = { steps: Array(4), nodes: [{ name: "W" }, { name: "q" }, { name: "L" }] };
  const scalar = { steps: Array(7), moments: [0, 1, 1, 3, 3, 3, 3, 4],
    nodes: [{ name: "W[0]", of: "W" }, { name: "u1", of: "q" }, { name: "L", of: "L" }] };
  assert.deepEqual([0, 1, 2, 3, 4].map((step) => player.carriedStep(vector, scalar, step)), [0, 2, 2, 6, 7]);
  assert.deepEqual([0, 1, 2, 3, 6, 7].map((step) => player.carriedStep(scalar, vector, step)), [0, 1, 1, 3, 3, 4]);
  assert.deepEqual(["W", "q", "L"].map((name) => player.carriedNode(vector, scalar, name)), ["W[0]", "u1", "L"]);
  assert.deepEqual(["W[0]", "u1", "L"].map((name) => player.carriedNode(scalar, vector, name)), ["W", "q", "L"]);
  const neuron = { nodes: [{ name: "out[0]", of: "out", at: ["pre", "out"] }, { name: "W[0]", of: "W" }] };
  assert.equal(player.carriedNode({ nodes: [{ name: "pre" }] }, neuron, "pre"), "out[0]");
  assert.equal(player.carriedNode(scalar, neuron, "W[0]"), "W[0]");
  assert.equal(player.carriedNode(scalar, neuron, "u1"), undefined);
});

test("scrolling moves as little as possible", () => {
  assert.equal(player.scrollToShow(100, 400, 150, 300), 100);
  assert.equal(player.scrollToShow(100, 400, 110, 300), 86);
  assert.equal(player.scrollToShow(100, 400, 450, 560), 184);
  assert.equal(player.scrollToShow(100, 400, 10, 60), 0);
  assert.equal(player.scrollToShow(0, 100, 300, 900), 276);  // too large: its beginning
});

test("projected numbers have at least 20 px", () => {
  assert.equal(player.pictureScale({ width: 900, height: 350 }, { width: 1800, height: 900 }, true), 2);
  assert.equal(player.pictureScale({ width: 9000, height: 350 }, { width: 1200, height: 900 }, true), 1.25);
  assert.equal(player.pictureScale({ width: 100, height: 100 }, { width: 1200, height: 900 }, true), 3);
  // A small screen, as 1024 × 768 leaves it to the picture: the whole of a small picture, a legible part of a large one.
  assert.equal(player.pictureScale({ width: 700, height: 350 }, { width: 665, height: 600 }, true), 0.95);
  assert.equal(player.pictureScale({ width: 800, height: 350 }, { width: 665, height: 600 }, true), 1);
});

test("a picture hardly wider than its window is seen as a whole", () => {
  assert.equal(player.pictureScale({ width: 700, height: 300 }, { width: 630, height: 500 }, false), 0.9);
  assert.equal(player.pictureScale({ width: 800, height: 300 }, { width: 630, height: 500 }, false), 1);
  assert.equal(player.pictureScale({ width: 300, height: 300 }, { width: 630, height: 500 }, false), 1);
});

test("a text is called rounded only if digits are left out", () => {
  assert.equal(player.isRounded("-4.0", ["−4"]), false);
  assert.equal(player.isRounded("0.30000000000000004", ["0.3"]), true);
  assert.equal(player.isRounded("[1.0, 2.0]", ["1", "2"]), false);
});

test("words are put into their places, and unknown places stay", () => {
  assert.equal(player.fill("step {k} of {n}, {huh}", { k: 6, n: 7 }), "step 6 of 7, {huh}");
  assert.equal(player.fill("{name}", { name: "$& {k}", k: 1 }), "$& {k}");
});

test("a natural height between the smallest and the largest", () => {
  const forwardOnly = { steps: [{ ledger: null }] };
  assert.equal(player.naturalHeight(forwardOnly, 100), 420);
  assert.equal(player.naturalHeight(forwardOnly, 346), 536);
  assert.equal(player.naturalHeight(xyz, 100), 600);
  assert.equal(player.naturalHeight(xyz, 5000), 720);
});

test("the file stays small, has no imports and cannot end the script it is put into", () => {
  assert.ok(Buffer.byteLength(source) <= 75_000, `${Buffer.byteLength(source)} bytes`);
  assert.doesNotMatch(source, /^\s*import\b|\bimport\(/m);
  assert.doesNotMatch(source, /<\/script|<!--/i);
});
