// @ts-check
/** The picture and its parts; it changes their texts and classes, and nothing else. */
/** @import { Data, NodeData, EdgeData, NodeEntry, EdgeEntry, Words } from "./message.js" */

import { SVG, UNKNOWN, setAttribute, setText, svg } from "./elements.js";
import { showHeat } from "./heat.js";
import { entryAt } from "./lookup.js";

const PICTURE_TAGS = new Set(["svg", "g", "rect", "path", "text", "tspan", "title", "desc", "style", "line", "circle",
  "ellipse", "polygon", "polyline"]);
const NOT_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * The picture as elements of this page. It comes from our own Python; all the same, only drawing gets in:
 * no scripts, no foreign elements, no event attributes, no links, nothing that loads.
 * @param {string} source
 * @returns {SVGSVGElement | null} null if it is damaged
 */
export function importPicture(source) {
  // Read as HTML, which takes half as long as XML; what is cut off is then seen by its end alone.
  const picture = new DOMParser().parseFromString(source, "text/html").querySelector("svg");
  if (!picture || !source.trimEnd().endsWith("</svg>")) return null;
  // Cleaned while it is still apart: in a page an image would be asked for as soon as it is there.
  for (const element of [picture, ...picture.querySelectorAll("*")]) {
    if (isForeign(element)) element.remove();
    for (const name of element.getAttributeNames()) {
      const loads = !name.startsWith("data-") && /url\(|javascript:/i.test(element.getAttribute(name) ?? "");
      if (loads || /^on|href$/i.test(name)) element.removeAttribute(name);
    }
  }
  return document.adoptNode(picture);
}

/** @param {Element} element */
function isForeign(element) {
  if (element.namespaceURI !== SVG || !PICTURE_TAGS.has(element.localName)) return true;
  return element.localName === "style" && /@import|url\(/i.test(element.textContent ?? "");
}

// From so many nodes on, only what is near to the window is drawn: so many nodes or edges are shown or hidden together.
export const MANY_NODES = 150;
const RUN = 4;
const REST = 250;  // ms without a step after which the next one may move

/** How a state looks: half done counts as done until the way back begins, and the style sheet lets it wait there. @param {string} state */
const classOf = (state) => (state === "half" ? "done half" : state);
/** What `data-state` says of it. @param {string} state */
export const stateOf = (state) => (state === "half" ? "done" : state);

/** The picture and its parts; it changes their texts and classes, and nothing else. */
export class Picture {
  /** @type {any} the node that the pointer rests on */
  #pointed = undefined;
  #moved = 0;  // when the last step was made, in ms

  /** @param {Data} data @param {Words} words */
  constructor(data, words) {
    this.data = data;
    this.words = words;
    this.svg = importPicture(data.picture);
    this.nodes = new Map();
    this.edges = new Map();
    /** @type {{group: Element, box: Box, shown: boolean}[]} */
    this.runs = [];
    this.size = { width: 1, height: 1 };
    if (this.svg) this.#prepare(this.svg);
  }

  /** @param {SVGSVGElement} svg */
  #prepare(svg) {
    this.size = { width: length(svg, "width"), height: length(svg, "height") };
    // The parts are buttons, so the whole is a group; an image would hide them from a screen reader.
    svg.setAttribute("role", "group");
    svg.setAttribute("aria-label", this.data.title);
    svg.querySelector(":scope > title")?.remove();
    for (const group of svg.querySelectorAll("[data-node]")) {
      this.nodes.set(group.getAttribute("data-node"), nodeParts(group));
    }
    for (const group of svg.querySelectorAll("[data-edge]")) {
      this.edges.set(group.getAttribute("data-edge"), { group, chip: group.querySelector(".chip text") });
    }
    if (this.data.nodes.length < MANY_NODES) return;
    this.#makeRuns([...this.nodes.values()], (parts) => [parts.box]);
    this.#makeRuns(this.data.edges.map((edge) => ({ ...edge, ...this.edge(edge.id) })).filter(({ group }) => group),
      ({ parent, child }) => [this.node(parent)?.box, this.node(child)?.box]);
  }

  /** Wrap neighbours, so that they can be shown and hidden together. @param {any[]} parts @param {(part: any) => Box[]} boxesOf */
  #makeRuns(parts, boxesOf) {
    for (let first = 0; first < parts.length; first += RUN) {
      const run = parts.slice(first, first + RUN);
      // Not a g: what is in one is laid out though it is not displayed, as it might hold gradients and the like.
      const group = svg("svg", { overflow: "visible", display: "none" });
      run[0].group.before(group);
      group.append(...run.map((part) => part.group));
      this.runs.push({ group, box: union(run.flatMap(boxesOf).filter(Boolean)), shown: false });
    }
  }

  /** Draw what lies in a rectangle of the picture, and what is near to it. @param {Box} seen */
  draw({ left, right, top, bottom }) {
    const [x, y] = [(right - left) / 2, (bottom - top) / 2];
    for (const run of this.runs) {
      const { box } = run;
      const near = box.right > left - x && box.left < right + x && box.bottom > top - y && box.top < bottom + y;
      if (near !== run.shown) setAttribute(run.group, "display", near ? null : "none");
      run.shown = near;
    }
  }

  /** @param {string} name */
  node(name) {
    return this.nodes.get(name) ?? this.nodes.get(name.replace(NOT_XML, "\ufffd"));
  }

  /** @param {string} id */
  edge(id) {
    return this.edges.get(id) ?? this.edges.get(id.replace(NOT_XML, "\ufffd"));
  }

  /** @param {NodeData} node @param {number} step @returns {Element[]} the numbers that are new */
  showNode(node, step) {
    const parts = this.node(node.name);
    const entry = entryAt(node.timeline, step);
    if (!parts || parts.entry === entry) return [];
    const [, state, value, gradient] = entry;
    const [, oldState, oldValue, oldGradient] = parts.entry ?? [];
    const { texts, heat } = this.data;
    const { group, heats } = parts;
    const fresh = [];
    parts.entry = entry;
    if (state !== oldState) {
      group.setAttribute("class", classOf(state));
      group.setAttribute("data-state", stateOf(state));
    }
    if (value !== oldValue) {
      fresh.push(...showLines(parts.values, value, texts), ...showHeat(heats[0], heat?.[value ?? ""]?.[0] ?? ""));
      group.setAttribute("data-value", value === null ? "" : texts[value][0]);
    }
    if (gradient !== oldGradient) {
      fresh.push(...showLines(parts.gradients, gradient, texts), ...showHeat(heats[1], heat?.[gradient ?? ""]?.[0] ?? ""));
      group.setAttribute("data-grad", gradient === null ? "" : texts[gradient][0]);
    }
    group.setAttribute("aria-label", this.#describe(node, entry));
    if (parts === this.#pointed) this.hint(node);
    return fresh;
  }

  /** @param {EdgeData} edge @param {number} step @returns {Element | null} the edge, if it is in use now */
  showEdge(edge, step) {
    const parts = this.edge(edge.id);
    const entry = entryAt(edge.timeline, step);
    if (!parts || parts.entry === entry) return null;
    const [, state, direction, contribution, chip] = entry;
    parts.entry = entry;
    this.#markEdge(parts, state, direction, chip);
    setAttribute(parts.group, "data-contribution", contribution === null ? null : this.data.texts[contribution][0]);
    if (parts.chip) setText(parts.chip, chip);
    return state === "now" ? parts.group : null;
  }

  /** An edge whose contribution belongs to the step as well, though it came before. @param {EdgeData} edge */
  useEdge(edge) {
    const parts = this.edge(edge.id);
    if (!parts) return;
    this.#markEdge(parts, "now", "backward", parts.chip?.textContent);
    parts.entry = null;  // it does not look like its own entry
  }

  /** @param {any} parts @param {string} state @param {string} direction @param {string} chip */
  #markEdge({ group }, state, direction, chip) {
    setAttribute(group, "class", `${classOf(state)} ${direction}${chip ? "" : " bare"}`);
    setAttribute(group, "data-state", stateOf(state));
  }

  /** What a screen reader says on a node. @param {NodeData} node @param {NodeEntry} entry */
  #describe({ name, kind, operation }, [, state, value, gradient]) {
    const { words, data } = this;
    const shown = (/** @type {number | null} */ place) => (place === null ? words.unknown : data.texts[place][1].join("; "));
    const what = kind === "operation" ? `${name} = ${operation}` : `${name}, ${operation}`;
    return `${what}: ${words.value} ${shown(value)}, ${words.gradient} ${shown(gradient)}, ${stateWord(state, words)}`;
  }

  /** The numbers in full, for the pointer that rests on a node, and for no other. @param {NodeData | undefined} node */
  hint(node) {
    const parts = node && this.node(node.name);
    if (parts !== this.#pointed && this.#pointed?.title) setText(this.#pointed.title, this.#pointed.plain);
    this.#pointed = parts;
    if (!parts?.title || !parts.entry) return;
    const { words, data: { texts } } = this;
    const full = (/** @type {number | null} */ place) => (place === null ? UNKNOWN : texts[place][0]);
    const [, , value, gradient] = parts.entry;
    setText(parts.title, `${parts.plain}\n${words.value} ${full(value)}\n${words.gradient} ${full(gradient)}`);
  }

  /**
   * New numbers fade in, and edges in use swell, unless motion is not wanted; whoever steps quickly waits for nothing.
   * @param {Element[]} numbers @param {(Element | null)[]} edges
   */
  appear(numbers, edges) {
    const rest = performance.now() - this.#moved;
    this.#moved += rest;
    if (rest < REST || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timing = { duration: 150, easing: "ease-out" };
    for (const number of numbers) number.animate?.([{ opacity: 0 }, {}], timing);
    for (const edge of edges) edge?.querySelector(".line")?.animate([{ strokeWidth: "1.5px" }, {}], timing);
  }

  /** The smallest rectangle round some nodes, in the picture's own px; null if there are none. @param {string[]} names */
  around(names) {
    const boxes = names.map((name) => this.node(name)?.box).filter(Boolean);
    return boxes.length ? union(boxes) : null;
  }
}

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/** @param {Box[]} boxes @returns {Box} */
function union(boxes) {
  return {
    left: Math.min(...boxes.map((box) => box.left)), right: Math.max(...boxes.map((box) => box.right)),
    top: Math.min(...boxes.map((box) => box.top)), bottom: Math.max(...boxes.map((box) => box.bottom)),
  };
}

/** The state in words, whatever the phase: what is half done has gone forward. @param {string} state @param {Words} words */
export function stateWord(state, words) {
  return state === "half" ? `${words.forward} ✓` : state === "done" ? `${words.done} ✓` : words[state];
}

/** A length in px that an element of the picture has. @param {Element | null} element @param {string} name */
function length(element, name) {
  return parseFloat(element?.getAttribute(name) ?? "") || 0;
}

/** @param {Element} group */
function nodeParts(group) {
  group.setAttribute("role", "button");
  group.setAttribute("tabindex", "-1");
  const rect = group.querySelector("rect.box");
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => length(rect, name));
  const [left, top] = (group.getAttribute("transform")?.match(/[-\d.]+/g) ?? [0, 0]).map((away, axis) => Number(away) + [x, y][axis]);
  return {
    group,
    title: group.querySelector("title"),
    plain: group.querySelector("title")?.textContent ?? "",
    heats: [...group.querySelectorAll(".heat")],
    values: [...group.querySelectorAll("text.value > tspan")],
    gradients: [...group.querySelectorAll("text.gradient > tspan")],
    box: { left, top: top - 12, right: left + width, bottom: top + height },  // the NOW tag stands out at the top
  };
}

/**
 * Write a number line by line.
 * @param {Element[]} spans @param {number | null} place in `texts` @param {[string, string[]][]} texts
 * @returns {Element[]} the lines that are new and known
 */
function showLines(spans, place, texts) {
  const lines = place === null ? [UNKNOWN] : texts[place][1];
  const changed = spans.filter((span, row) => span.textContent !== (lines[row] ?? ""));
  for (const span of changed) span.textContent = lines[spans.indexOf(span)] ?? "";
  return place === null ? [] : changed;
}
