// @ts-check
/** The picture and its parts; it changes their texts and classes, and nothing else. */
/** @import { Data, NodeData, EdgeData, Words } from "./message.js" */

import { SVG, UNKNOWN, setAttribute, setText } from "./elements.js";
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
  const parsed = new DOMParser().parseFromString(source, "image/svg+xml");
  if (parsed.documentElement.localName !== "svg" || parsed.querySelector("parsererror")) return null;
  // Cleaned while it is still apart: in a page an image would be asked for as soon as it is there.
  for (const element of [parsed.documentElement, ...parsed.querySelectorAll("svg *")]) {
    if (isForeign(element)) element.remove();
    for (const { name, value } of [...element.attributes]) {
      const loads = /url\(|javascript:/i.test(value) && !name.startsWith("data-");
      if (loads || /^on|href$/i.test(name)) element.removeAttribute(name);
    }
  }
  return /** @type {any} */ (document.importNode(parsed.documentElement, true));
}

/** @param {Element} element */
function isForeign({ namespaceURI, localName, textContent }) {
  if (namespaceURI !== SVG || !PICTURE_TAGS.has(localName)) return true;
  return localName === "style" && /@import|url\(/i.test(textContent ?? "");
}

/** The picture and its parts; it changes their texts and classes, and nothing else. */
export class Picture {
  /** @param {Data} data @param {Words} words */
  constructor(data, words) {
    this.data = data;
    this.words = words;
    this.svg = importPicture(data.picture);
    this.nodes = new Map();
    this.edges = new Map();
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
  }

  /** @param {string} name */
  node(name) {
    return this.nodes.get(name) ?? this.nodes.get(name.replace(NOT_XML, "\ufffd"));
  }

  /** @param {NodeData} node @param {number} step @returns {Element[]} the numbers that are new */
  showNode(node, step) {
    const parts = this.node(node.name);
    if (!parts) return [];
    const [, state, value, gradient] = entryAt(node.timeline, step);
    const { texts } = this.data;
    const fresh = [...showLines(parts.values, value, texts), ...showLines(parts.gradients, gradient, texts)];
    for (const [at, place] of [value, gradient].entries()) {
      fresh.push(...showHeat(parts.heats[at], this.data.heat?.[place ?? ""]?.[0] ?? ""));
    }
    const full = [value, gradient].map((place) => (place === null ? "" : texts[place][0]));
    setAttribute(parts.group, "class", state);
    setAttribute(parts.group, "data-state", state);
    setAttribute(parts.group, "data-value", full[0]);
    setAttribute(parts.group, "data-grad", full[1]);
    setAttribute(parts.group, "aria-label", this.#describe(node, step));
    if (parts.title) setText(parts.title, this.#hint(node, full));
    return fresh;
  }

  /** @param {EdgeData} edge @param {number} step @returns {Element | null} the edge, if it is in use now */
  showEdge(edge, step) {
    const parts = this.edges.get(edge.id) ?? this.edges.get(edge.id.replace(NOT_XML, "\ufffd"));
    if (!parts) return null;
    const [, state, direction, contribution, chip] = entryAt(edge.timeline, step);
    setAttribute(parts.group, "class", `${state} ${direction}`);
    setAttribute(parts.group, "data-state", state);
    setAttribute(parts.group, "data-contribution", contribution === null ? null : this.data.texts[contribution][0]);
    if (parts.chip) setText(parts.chip, chip);
    return state === "now" ? parts.group : null;
  }

  /** An edge whose contribution belongs to the step as well, though it came before. @param {EdgeData} edge */
  useEdge(edge) {
    const parts = this.edges.get(edge.id);
    if (!parts) return;
    setAttribute(parts.group, "class", "now backward");
    setAttribute(parts.group, "data-state", "now");
  }

  /** What a screen reader says on a node. @param {NodeData} node @param {number} step */
  #describe({ name, kind, operation, timeline }, step) {
    const { words, data } = this;
    const [, state, value, gradient] = entryAt(timeline, step);
    const shown = (/** @type {number | null} */ place) => (place === null ? words.unknown : data.texts[place][1].join("; "));
    const what = kind === "operation" ? `${name} = ${operation}` : `${name}, ${operation}`;
    return `${what}: ${words.value} ${shown(value)}, ${words.gradient} ${shown(gradient)}, ${words[state]}`;
  }

  /** The numbers in full, for a pointer that rests on a node. @param {NodeData} node @param {string[]} full */
  #hint({ name, operation }, [value, gradient]) {
    const { words } = this;
    return `${name}: ${operation}\n${words.value} ${value || UNKNOWN}\n${words.gradient} ${gradient || UNKNOWN}`;
  }

  /** The smallest rectangle round some nodes, in the picture's own px; null if there are none. @param {string[]} names */
  around(names) {
    const boxes = names.map((name) => this.node(name)?.box).filter(Boolean);
    return boxes.length === 0 ? null : {
      left: Math.min(...boxes.map((box) => box.left)), right: Math.max(...boxes.map((box) => box.right)),
      top: Math.min(...boxes.map((box) => box.top)), bottom: Math.max(...boxes.map((box) => box.bottom)),
    };
  }
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
  spans.forEach((span, row) => setText(span, lines[row] ?? ""));
  return place === null ? [] : changed;
}

/** New numbers fade in, and edges in use swell, unless motion is not wanted. @param {Element[]} numbers @param {(Element | null)[]} edges */
export function appear(numbers, edges) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const timing = { duration: 150, easing: "ease-out" };
  for (const number of numbers) number.animate?.([{ opacity: 0 }, {}], timing);
  for (const edge of edges) edge?.querySelector(".line")?.animate([{ strokeWidth: "1.5px" }, {}], timing);
}
