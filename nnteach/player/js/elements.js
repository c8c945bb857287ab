// @ts-check
/** Building elements, formulas and icons; whatever comes from outside goes in as text. */
/** @import { MathTree, Words } from "./message.js" */

export const SVG = "http://www.w3.org/2000/svg";
export const UNKNOWN = "·";
const MATHML = "http://www.w3.org/1998/Math/MathML";
const TIMES = "·";

/** @template {Element} Made @param {Made} made @param {Record<string, any>} attributes @param {(Node | string)[]} children */
function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** @param {string} tag @param {Record<string, any>} attributes @param {...(Node | string)} children */
export const html = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);
/** @param {string} tag @param {Record<string, any>} attributes @param {...(Node | string)} children @returns {any} */
export const svg = (tag, attributes = {}, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);

/**
 * Write an attribute only where it changes; null takes it away.
 * @param {Element} element
 * @param {string} name
 * @param {any} value
 */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/** @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const MATH_TAGS = new Set(["mrow", "mi", "mn", "mo", "mtext", "mfrac", "msup", "msub", "msubsup", "msqrt",
  "mtable", "mtr", "mtd", "mover"]);

/** One node of a formula, with all below it. @param {MathTree} tree @returns {Node} */
function mathNode(tree) {
  if (typeof tree === "string") return document.createTextNode(tree);
  const [tag, role, ...children] = tree;
  const [only] = children;
  // A row of one is left out: each costs its share of the layout, which is most of what a step costs.
  if (tag === "mrow" && children.length === 1 && !(role && only[1])) return mathNode([only[0], role || only[1], ...only.slice(2)]);
  if (!MATH_TAGS.has(tag)) throw new Error(`A formula has a part <${tag}>, which is not in the contract.`);
  const made = document.createElementNS(MATHML, tag);
  if (role) made.setAttribute("class", `nn-${role}`);
  // The dot of a product is set too tightly by most fonts to be seen from the last row.
  if (only === TIMES) for (const side of ["lspace", "rspace"]) made.setAttribute(side, "0.35em");
  if (only === "⊙") made.setAttribute("largeop", "false");  // Firefox takes it for a sum's big sister
  if (only === "⊙") made.setAttribute("largeop", "false");
  made.append(...children.map(mathNode));
  return made;
}

/** @param {MathTree} tree @param {boolean} first whether nothing stands before it */
function math(tree, first) {
  const made = document.createElementNS(MATHML, "math");
  made.setAttribute("displaystyle", "true");
  const [tag, role, ...children] = tree;
  made.append(...(tag === "mrow" && !role ? children : [tree]).map(mathNode));
  let sign = made.firstElementChild;
  while (sign?.localName === "mrow") sign = sign.firstElementChild;
  if (!first && sign?.localName === "mo") sign.setAttribute("form", "infix");
  return made;
}

const RELATIONS = new Set(["=", "+=", "←"]);
const OPERATIONS = new Set(["+", "−", "·", "⊙", "\u2062"]);
const BRACKETS = new Set(["(", "[", "|"]);

/**
 * A formula cut where a line may break: before the given signs, but not inside brackets.
 * @param {MathTree} tree @param {Set<string>} signs
 * @returns {MathTree[]}
 */
export function pieces(tree, signs) {
  const [tag, role, ...children] = tree;
  if (typeof tree === "string" || tag !== "mrow" || (children[0]?.[0] === "mo" && BRACKETS.has(children[0][2]))) return [tree];
  /** @type {any[][]} */
  const cut = [[]];
  for (const child of children) {
    const breaks = child[0] === "mo" && signs.has(child[2]) && cut[0].length;
    const [first, ...rest] = pieces(child, signs);
    if (breaks) cut.push([first]);
    else /** @type {any[]} */ (cut.at(-1)).push(first);
    cut.push(...rest.map((piece) => [piece]));
  }
  return cut.map((parts) => (role || parts.length > 1 ? ["mrow", role, ...parts] : parts[0]));
}

/** A formula that breaks into lines: at = first, and in between only where one part alone is too long. @param {MathTree} tree */
export function formula(tree) {
  return html("span", { class: "nn-flow" }, ...pieces(tree, RELATIONS).map((part, at) => {
    const parts = pieces(part, OPERATIONS).map((piece, index) => math(piece, at + index === 0));
    return parts[1] ? html("span", { class: "nn-flow" }, ...parts) : parts[0];
  }));
}

// A filled shape, or strokes where it begins with "~"; 24 × 24.
/** @type {Words} */
const ICONS = {
  first: "M5 5h2.8v14H5zM19 5v14L8.6 12z",
  previous: "M16.5 5.5v13L7 12z",
  play: "M8 5v14l11-7z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  next: "M7.5 5.5v13L17 12z",
  last: "M16.2 5H19v14h-2.8zM5 5l10.4 7L5 19z",
  help: "~M8.5 9a3.5 3.5 0 1 1 5.2 3.1c-1.1.6-1.7 1.3-1.7 2.6M12 18.5v.1",
  predict: "~M4 20l1.2-4.8L16 4.4a1.7 1.7 0 0 1 2.4 0l1.2 1.2a1.7 1.7 0 0 1 0 2.4L8.8 18.8zM14 6.5l3.5 3.5",
  closeCell: "~M6 6l12 12M18 6L6 18",
  grain: "~M3 6h5M3 18h5M8 6l5 4.5M8 18l5-4.5M13 12a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
  nextIteration: "~M19 12a7 7 0 1 1-2.2-5.1M17.5 3v4.5H13",
  previousIteration: "~M5 12a7 7 0 1 0 2.2-5.1M6.5 3v4.5H11",
  table: "~M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
  auto: "M12 3.5a8.5 8.5 0 0 0 0 17zM12 3.5v1.8a6.7 6.7 0 0 1 0 13.4v1.8a8.5 8.5 0 0 0 0-17z",
  light: "~M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2"
    + "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  dark: "M20 14.2A8.3 8.3 0 0 1 9.8 4a8.3 8.3 0 1 0 10.2 10.2z",
  fullscreen: "~M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
};

ICONS.cellAfter = ICONS.next;
ICONS.cellBefore = ICONS.previous;

/** @param {SVGPathElement} path @param {string} name */
export function drawIcon(path, name) {
  const shape = ICONS[name];
  setAttribute(path, "class", shape.startsWith("~") ? "nn-stroke" : "nn-solid");
  setAttribute(path, "d", shape.replace("~", ""));
}

/** A button with an icon and a name. @param {string} action @param {string} label */
export function iconButton(action, label) {
  const path = svg("path");
  drawIcon(path, action === "theme" ? "auto" : action);
  return html("button", { type: "button", "data-action": action, "aria-label": label, title: label },
    svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, path));
}
