// @ts-check
// What lecture mode has in common in JupyterLab (lecture.js here) and on the site (docs/lecture.js): which keys turn the
// page, what is on a page, the bar below it, and the black wall.

const FORWARD = ["PageDown", "ArrowRight", " "], BACK = ["PageUp", "ArrowLeft"], BLANK = ["b", "B", "."];
const FIELD = "input:not([type=range], [type=checkbox], [type=radio], [type=button]), select, textarea, [contenteditable=true]";
const CONTROL = "button, summary, a, label, input, [role=slider], [role=button]";

/** What a key does in a lecture: "next", "prev", "blank" or "lecture"; "own" if it belongs to what has the focus, a field
 * or a control; null if to nobody. PageDown, PageUp and F2, which no field needs, do the same everywhere.
 * @param {KeyboardEvent} event */
export function keyIn({ key, target, ctrlKey, altKey, metaKey, shiftKey }) {
  const at = (/** @type {string} */ selector) => target instanceof Element && target.closest(selector);
  if (ctrlKey || altKey || metaKey) return at(FIELD) ? "own" : null;
  if (key === "F2") return "lecture";
  if (key.startsWith("Page")) return key === "PageDown" ? "next" : "prev";
  if (key === "Tab" || at(FIELD)) return "own";
  if (at(CONTROL) && /^(Enter| |Arrow.*|Home|End)$/.test(key) && !(at("button, a") && key.startsWith("Arrow"))) return "own";
  if (FORWARD.includes(key)) return key === " " && shiftKey ? "prev" : "next";
  if (BACK.includes(key)) return "prev";
  return BLANK.includes(key) ? "blank" : null;
}

/** Which idea each part belongs to: prose begins one, code and what it gave belong to the prose before; what is never
 * shown belongs to none, -1.
 * @param {{prose: boolean, hidden?: boolean}[]} parts */
export function ideasOf(parts) {
  let idea = -1;
  return parts.map(({ prose, hidden }) => (hidden ? -1 : prose || idea < 0 ? ++idea : idea));
}

/** The bar, and in it the place for "3 of 12"; and the black wall that hides everything.
 * @param {(by: number) => void} turn @param {() => void} end */
export function makeBar(turn, end) {
  const bar = document.createElement("div"), place = document.createElement("span"), black = document.createElement("div");
  bar.className = "nnteach-lecture-bar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Lecture");
  place.setAttribute("role", "status");
  bar.append(button("← Back", () => turn(-1)), place, button("On →", () => turn(1)), button("End (F2)", end));
  black.className = "nnteach-lecture-blank";
  black.style.cssText = "position: fixed; inset: 0; z-index: 10002; background: black; visibility: visible";
  const blank = (on = !black.isConnected) => { on ? document.body.append(black) : black.remove(); };
  black.addEventListener("click", () => blank(false));
  return { bar, place, blank };
}

/** Act as asked by a player or a quiz of this page that has the focus: F2 was pressed, the wall is to be black, or the
 * clicker was used where there is no more step. What other frames and windows say is not heard.
 * @param {(method: string) => void} act with "lecture", "next", "prev", "blank" or "show" */
export function onHandedOn(act) {
  addEventListener("message", ({ data, source }) => {
    const asked = typeof data === "string" && /^\{"method":"(lecture|next|prev|blank|show)"\}$/.exec(data);
    if (asked && hasFocus(source)) act(asked[1]);
  });
}

/** Whether it is a player or a quiz that has the focus; a live player has no frame of its own.
 * @param {MessageEventSource | null} source */
function hasFocus(source) {
  const focused = document.activeElement;
  if (source === window) return Boolean(focused?.closest("[data-nnteach-player]"));
  return focused instanceof HTMLIFrameElement && focused.contentWindow === source
    && focused.parentElement?.matches(".nnteach-output, .nnteach-quiz");
}

/** @param {string} words @param {() => void} act */
export function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}
