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
 * What a key does. Keys with Ctrl, Alt or Meta belong to the browser, keys in a text field to the text.
 * @param {{key: string, shiftKey?: boolean, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean}} event
 * @param {"" | "text" | "answer" | "button" | "node"} place what has the focus; "answer" is a field still empty
 * @returns {string | null}
 */
export function keyAction({ key, shiftKey, ctrlKey, altKey, metaKey }, place = "") {
  if (ctrlKey || altKey || metaKey || place === "text") return null;
  if (place === "answer" && (key.length === 1 || key === "Enter")) return null;
  if (place === "button" && (key === "Enter" || key === " ")) return null;
  const name = key.length === 1 ? key.toLowerCase() : key;
  if (shiftKey && SHIFT_KEYS.has(name)) return SHIFT_KEYS.get(name) ?? null;
  if (shiftKey && name.length > 1) return null;
  return (place === "node" && NODE_KEYS.get(name)) || KEYS.get(name) || null;
}

/** What kind of element has the focus, as far as keys are concerned. @param {Element} element */
export function placeOf(element) {
  if (element.matches?.("[data-answer]") && !(/** @type {any} */ (element).value)) return "answer";
  if (element.matches?.("input:not([type=range]), textarea, select, [contenteditable]")) return "text";
  if (element.matches?.("[data-node]")) return "node";
  return element.matches?.("button, a") ? "button" : "";
}
