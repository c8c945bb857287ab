// @ts-check
/** What the keys do. */

const KEYS = new Map(Object.entries({
  ArrowRight: "next", PageDown: "next", ArrowLeft: "previous", PageUp: "previous", Home: "first", End: "last",
  " ": "play", f: "fullscreen", t: "table", "?": "help", ".": "blank", b: "blank", Escape: "close", p: "predict",
  1: "scalar", 2: "vector", 3: "neuron", 4: "layer", g: "grain", o: "fold", i: "nextIteration", c: "cellAfter", F2: "lecture",
}));
const SHIFT_KEYS = new Map(Object.entries({
  ArrowRight: "nextPhase", ArrowLeft: "previousPhase", "?": "help", i: "previousIteration", c: "cellBefore",
}));
const NODE_KEYS = new Map(Object.entries({
  Enter: "visit", " ": "visit", ArrowDown: "nodeAfter", ArrowUp: "nodeBefore",
}));

/**
 * @typedef {"" | "answer" | "answered" | "text" | "button" | "node"} Place  "answer" is a field for a prediction in which
 *   nothing stands yet, "text" one for an input
 */

/** Whether a letter can be part of a number. @param {string} letter */
export const inNumber = (letter) => /[\d.,+−–/e-]/i.test(letter);

/**
 * What a key does. Keys with Ctrl, Alt or Meta belong to the browser. A field for a prediction takes what a number is
 * written with, and once something stands in it what moves the cursor; other keys do there what they do elsewhere. A
 * field for an input has all keys but those that leave it.
 * @param {{key: string, shiftKey?: boolean, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean}} event
 * @param {Place} place what has the focus
 * @returns {string | null}
 */
export function keyAction({ key, shiftKey, ctrlKey, altKey, metaKey }, place = "") {
  if (ctrlKey || altKey || metaKey) return null;
  if (/answer|text/.test(place)) {
    if (key === "Enter") return place === "text" ? null : "answer";
    const own = key.length > 1 ? place !== "answer" && !/^(Esc|Page|F2)/.test(key) : place === "text" || key === " " || inNumber(key);
    if (own) return null;
  }
  if (place === "button" && (key === "Enter" || key === " ")) return null;
  const name = key.length === 1 ? key.toLowerCase() : key;
  if (shiftKey && SHIFT_KEYS.has(name)) return SHIFT_KEYS.get(name) ?? null;
  if (shiftKey && name.length > 1) return null;
  return (place === "node" && NODE_KEYS.get(name)) || KEYS.get(name) || null;
}

/** What kind of element has the focus, as far as keys are concerned. @param {Element} element @returns {Place} */
export function placeOf(element) {
  if (element.matches?.("[data-answer]")) return /** @type {any} */ (element).value ? "answered" : "answer";
  if (element.matches?.("[data-input]")) return "text";
  if (element.matches?.("[data-node]")) return "node";
  return element.matches?.("button, a") ? "button" : "";
}
