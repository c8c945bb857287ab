// @ts-check
/**
 * The player: step forth and back through a forward and a backward pass.
 *
 * Python computes everything, once; README.md in this folder describes the message it sends. Nothing here does
 * arithmetic on values or formats a number: what a node or an edge looks like at a step is looked up in its timeline.
 * What the document shows is a function of the message and the step alone, so stepping back undoes stepping forth.
 *
 * From top to bottom: looking things up (plain functions, tested without a browser), building elements, the picture,
 * the panel, the views, and the player that ties them together.
 */

/**
 * @typedef {Record<string, string>} Words
 * @typedef {string | any[]} MathTree  text, or [tag, role, child, …]
 * @typedef {[number, string, number | null, number | null]} NodeEntry  [step, state, value, gradient]
 * @typedef {[number, string, string, number | null, string]} EdgeEntry  [step, state, direction, contribution, chip]
 * @typedef {{name: string, kind: string, operation: string, timeline: NodeEntry[], of?: string, at?: string[]}} NodeData
 * @typedef {{id: string, parent: string, child: string, slot: number, timeline: EdgeEntry[]}} EdgeData
 * @typedef {{phase: string, node: string, edge: string | null, now: string, because: MathTree | null,
 *            lines: [string, MathTree][], ledger: [string, string, string] | null, remark: string | null,
 *            say: string, ask?: Ask}} StepData
 * @typedef {{kind: string, text: string, answer: number, slips: [number, string][], choices: number[],
 *            names: Words}} Ask  a question; its numbers are places in `texts`
 * @typedef {{title: string, summary: string, picture: string, root: string, texts: [string, string[]][],
 *            nodes: NodeData[], edges: EdgeData[], steps: StepData[], start: {now: string, say: string},
 *            inputs: {name: string, value: number | string}[], words: Words,
 *            level?: string, levels?: Words, moments?: number[],
 *            predict?: boolean, slips?: Words}} Data
 * @typedef {{step?: number, theme?: string, wholePage?: boolean, guardKeys?: boolean, live?: boolean,
 *            stepsPerSecond?: number, onStep?: (step: number) => void,
 *            onChange?: (name: string, number: string) => void, onAttempts?: (attempts: object[]) => void}} Options
 */

const SVG = "http://www.w3.org/2000/svg";
const MATHML = "http://www.w3.org/1998/Math/MathML";
const UNKNOWN = "·";
const TIMES = "·";

// ------------------------------------------------------------------------------------------ looking things up

/**
 * How something is at a step: the last entry of its timeline that has begun.
 * @template {[number, ...any[]]} Entry
 * @param {Entry[]} timeline sorted by step, the first at step 0
 * @param {number} step
 * @returns {Entry}
 */
export function entryAt(timeline, step) {
  let low = 0;
  let high = timeline.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (timeline[middle][0] <= step) low = middle;
    else high = middle - 1;
  }
  return timeline[low];
}

/**
 * The nodes or edges that do not look the same at two steps.
 * @template {{timeline: [number, ...any[]][]}} Item
 * @param {Item[]} items
 * @param {number} from
 * @param {number} to
 * @returns {Item[]}
 */
export function changedBetween(items, from, to) {
  return items.filter((item) => entryAt(item.timeline, from) !== entryAt(item.timeline, to));
}

/**
 * The phase to show at a step: "start" before the first, "done" at the last.
 * @param {Data} data
 * @param {number} step
 */
export function phaseAt(data, step) {
  if (step === 0) return "start";
  return step === data.steps.length ? "done" : data.steps[step - 1].phase;
}

/**
 * The runs of steps of one phase, in order.
 * @param {{phase: string}[]} steps
 * @returns {{phase: string, first: number, last: number}[]}
 */
export function phaseRuns(steps) {
  /** @type {{phase: string, first: number, last: number}[]} */
  const runs = [];
  steps.forEach(({ phase }, index) => {
    const run = runs.at(-1);
    if (run?.phase === phase) run.last = index + 1;
    else runs.push({ phase, first: index + 1, last: index + 1 });
  });
  return runs;
}

/** The first step of every phase. @param {{phase: string}[]} steps */
export const phaseStarts = (steps) => phaseRuns(steps).map((run) => run.first);

/**
 * Where a jump to the next phase ends: at its first step, or at the last of all.
 * @param {{phase: string}[]} steps
 * @param {number} step
 */
export function nextPhase(steps, step) {
  return phaseStarts(steps).find((first) => first > step) ?? steps.length;
}

/**
 * Where a jump back ends: at the first step of this phase, or of the one before, or at the start.
 * @param {{phase: string}[]} steps
 * @param {number} step
 */
export function previousPhase(steps, step) {
  return phaseStarts(steps).findLast((first) => first < step) ?? 0;
}

/**
 * Where a click on a node leads: to its forward step, from there to its backward steps in turn, and round again.
 * @param {StepData[]} steps
 * @param {string} node
 * @param {number} step
 * @param {string[]} others whose steps are this node's too, in the picture of neurons
 * @returns {number} the step to go to; the present one if the node has none
 */
export function stepOfNode(steps, node, step, others = [""]) {
  const visits = steps.flatMap((item, index) => (item.node === node || others.includes(item.node) ? [index + 1] : []));
  const present = visits.indexOf(step);
  return visits.length ? visits[(present + 1) % visits.length] : step;
}

/**
 * The nodes a step is about: the current ones first, then the other ends of the edges in use.
 * @param {Data} data
 * @param {number} step
 * @returns {string[]}
 */
export function nodesInUse(data, step) {
  const isNow = (/** @type {NodeData | EdgeData} */ item) => entryAt(/** @type {any} */ (item.timeline), step)[1] === "now";
  const ends = data.edges.filter(isNow).flatMap((edge) => [edge.parent, edge.child]);
  return [...new Set([...data.nodes.filter(isNow).map((node) => node.name), ...ends])];
}

/**
 * The step of one level that shows the same moment as a step of another. The vector level, which has no `moments`,
 * stands between them; where one level passes over what the other shows, the last step before it counts.
 * @param {Pick<Data, "steps" | "moments">} from
 * @param {Pick<Data, "steps" | "moments">} to
 * @param {number} step
 */
export function carriedStep(from, to, step) {
  if (step === from.steps.length) return to.steps.length;
  let moment = from.moments?.[step] ?? step;
  if (!to.moments) return moment;
  while (!to.moments.includes(moment)) moment -= 1;
  return to.moments.lastIndexOf(moment);
}

/**
 * The node of another level that stands for a node of this one: the same, or one that belongs to the same array.
 * @param {Pick<Data, "nodes">} from
 * @param {Pick<Data, "nodes">} to
 * @param {string} name
 * @returns {string | undefined}
 */
export function carriedNode(from, to, name) {
  const whole = from.nodes.find((node) => node.name === name)?.of ?? name;
  const found = to.nodes.find((node) => node.name === name)
    ?? to.nodes.find((node) => node.name === whole || node.of === whole || node.at?.includes(whole));
  return found?.name;
}

/**
 * What to say to a prediction. Right is what agrees within one unit of its last digit and has three significant digits
 * or all there are; the same goes for the wrong numbers that known slips lead to. Nothing else here computes on values.
 * @param {string} typed a number as `readNumber` gives it
 * @param {string} answer
 * @param {[string, string][]} slips [number, key of its words]
 * @returns {{verdict: "right" | "coarse" | "wrong", slip: string | null}}
 */
export function judge(typed, answer, slips) {
  const [mantissa, exponent = "0"] = typed.toLowerCase().split("e");
  const [, decimals = ""] = mantissa.split(".");
  const digits = mantissa.replace(/[^\d]/g, "").replace(/^0+/, "").length;
  const unit = 10 ** (Number(exponent) - decimals.length);
  const away = (/** @type {string} */ number) => Math.abs(Number(typed) - Number(number));
  const exact = (/** @type {string} */ number) => away(number) <= 1e-9 * Math.abs(Number(number));
  const agrees = (/** @type {string} */ number) => digits >= 3 && away(number) <= unit * 1.000001;
  const slip = slips.find(([number]) => exact(number)) ?? slips.find(([number]) => agrees(number));
  if (exact(answer) || (agrees(answer) && !(slip && away(slip[0]) < away(answer)))) return { verdict: "right", slip: null };
  if (slip) return { verdict: "wrong", slip: slip[1] };
  return { verdict: away(answer) <= unit / 2 && digits > 0 ? "coarse" : "wrong", slip: null };
}

const KEYS = new Map(Object.entries({
  ArrowRight: "next", PageDown: "next", ArrowLeft: "previous", PageUp: "previous", Home: "first", End: "last",
  " ": "play", f: "fullscreen", t: "table", "?": "help", ".": "blank", b: "blank", Escape: "close", p: "predict",
  1: "scalar", 2: "vector", 3: "neuron",
}));
const SHIFT_KEYS = new Map(Object.entries({ ArrowRight: "nextPhase", ArrowLeft: "previousPhase", "?": "help" }));
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
  if (shiftKey && name.length > 1) return SHIFT_KEYS.get(name) ?? null;
  return (place === "node" && NODE_KEYS.get(name)) || KEYS.get(name) || null;
}

/**
 * A typed number as Python reads it: "−2" as "-2", "0,5" as "0.5"; null if it is none.
 * @param {string} typed
 */
export function readNumber(typed) {
  const text = typed.trim().replace(/^[−–]/, "-").replace(/e[−–]/i, "e-").replace(/^([^.,]*),([^.,]*)$/, "$1.$2");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? text : null;
}

/**
 * Where to scroll so that the piece from `low` to `high` is seen, moving as little as possible.
 * @param {number} scroll present position
 * @param {number} size of the window
 * @param {number} low
 * @param {number} high
 * @param {number} margin room to leave around the piece
 */
export function scrollToShow(scroll, size, low, high, margin = 24) {
  if (low - margin < scroll || high - low + 2 * margin > size) return Math.max(0, low - margin);
  return Math.max(scroll, high + margin - size);
}

/**
 * How much a picture is enlarged for a projector: as far as it fits, but numbers never get smaller than 20 px.
 * @param {{width: number, height: number}} picture
 * @param {{width: number, height: number}} room
 * @param {number} numberSize font size of the numbers in the picture's own px
 */
export function projectorScale(picture, room, numberSize = 16) {
  const fitting = Math.min(room.width / picture.width, room.height / picture.height);
  return Math.max(20 / numberSize, Math.min(fitting, 48 / numberSize));
}

/** Whether the text shown leaves digits out. @param {string} full @param {string[]} shown */
export function isRounded(full, shown) {
  return shown.length === 1 && /^[-\d]/.test(full) && shown[0].replace("−", "-") !== full.replace(/\.0$/, "");
}

/**
 * Put words into places: fill("step {k} of {n}", {k: 6, n: 7}).
 * @param {string} text
 * @param {Record<string, any>} words
 */
export function fill(text, words) {
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in words ? String(words[name]) : place));
}

// --------------------------------------------------------------------------------- building elements

/** @param {string} tag @param {Record<string, any>} attributes @param {...(Node | string)} children */
function html(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * Write an attribute only where it changes; null takes it away.
 * @param {Element} element
 * @param {string} name
 * @param {any} value
 */
function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/** @param {Element} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const MATH_TAGS = new Set(["mrow", "mi", "mn", "mo", "mtext", "mfrac", "msup", "msub", "msubsup", "msqrt",
  "mtable", "mtr", "mtd"]);

/** One node of a formula, with all below it. @param {MathTree} tree @returns {Node} */
function mathNode(tree) {
  if (typeof tree === "string") return document.createTextNode(tree);
  const [tag, role, ...children] = tree;
  if (!MATH_TAGS.has(tag)) throw new Error(`A formula has a part <${tag}>, which is not in the contract.`);
  const made = document.createElementNS(MATHML, tag);
  if (role) made.setAttribute("class", `nn-${role}`);
  // The dot of a product is set too tightly by most fonts to be seen from the last row.
  if (children[0] === TIMES) for (const side of ["lspace", "rspace"]) made.setAttribute(side, "0.35em");
  made.append(...children.map(mathNode));
  return made;
}

/** @param {MathTree} tree */
function formula(tree) {
  const made = document.createElementNS(MATHML, "math");
  made.setAttribute("displaystyle", "true");
  made.append(mathNode(tree));
  return made;
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
  table: "~M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
  auto: "M12 3.5a8.5 8.5 0 0 0 0 17zM12 3.5v1.8a6.7 6.7 0 0 1 0 13.4v1.8a8.5 8.5 0 0 0 0-17z",
  light: "~M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2"
    + "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  dark: "M20 14.2A8.3 8.3 0 0 1 9.8 4a8.3 8.3 0 1 0 10.2 10.2z",
  fullscreen: "~M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
};

/** A level that Python packed: JSON, deflated, base64. @param {string} text @returns {Promise<Partial<Data>>} */
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

/** @param {SVGPathElement} path @param {string} name */
function drawIcon(path, name) {
  const shape = ICONS[name];
  setAttribute(path, "class", shape.startsWith("~") ? "nn-stroke" : "nn-solid");
  setAttribute(path, "d", shape.replace("~", ""));
}

/** A button with an icon and a name. @param {string} action @param {string} label */
function iconButton(action, label) {
  const icon = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  icon.append(path);
  drawIcon(path, action === "theme" ? "auto" : action);
  const button = html("button", { type: "button", "data-action": action, "aria-label": label, title: label });
  button.append(icon);
  return button;
}

// ---------------------------------------------------------------------------------------- the picture

const PICTURE_TAGS = new Set(["svg", "g", "rect", "path", "text", "tspan", "title", "desc", "style", "line", "circle",
  "ellipse", "polygon", "polyline"]);
const NOT_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * The picture as elements of this page. It comes from our own Python; all the same, only drawing gets in:
 * no scripts, no foreign elements, no event attributes, no links, nothing that loads.
 * @param {string} source
 * @returns {SVGSVGElement | null} null if it is damaged
 */
function importPicture(source) {
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
class Picture {
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
  const [left, top, width, height] = ["x", "y", "width", "height"].map((name) => length(rect, name));
  return {
    group,
    title: group.querySelector("title"),
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

// ------------------------------------------------------------------------------------------ the panel

/** The panel: what happens at this step and why. */
class Panel {
  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    this.now = html("p", { class: "nn-now" });
    this.formula = html("div", { class: "nn-formula", "data-formula": "" });
    this.ledger = html("div", { class: "nn-ledger", "data-ledger": "" });
    this.remark = html("p", { class: "nn-remark" });
    this.question = html("form", { class: "nn-question", novalidate: "" });
    this.element = html("section", { class: "nn-panel", tabindex: "0", "aria-label": words.panel },
      this.question, this.now, this.formula, this.ledger, this.remark);
  }

  /** @param {Partial<StepData>} step */
  show({ now = "", because = null, lines = [], ledger = null, remark = null }) {
    setText(this.now, now);
    this.formula.replaceChildren(...(because ? [this.#because(because)] : []), ...lines.map((line) => this.#line(line)));
    if (ledger || this.ledger.firstChild) this.ledger.replaceChildren(...(ledger ? this.#sum(ledger) : []));
    setText(this.remark, remark ?? "");
  }

  /**
   * A question in the place of the step. For a projector there are large answers to point at instead of a field.
   * @param {StepData} step @param {Ask} ask @param {[string, string[]][]} texts
   */
  ask({ because, lines }, ask, texts) {
    const { words } = this;
    const hint = because ? this.#because(because) : lines.filter(([caption]) => caption === "rule").map((line) => this.#line(line));
    const choices = ask.choices.map((place, index) =>
      html("button", { type: "button", "data-guess": texts[place][0] }, html("b", {}, "ABC"[index]), texts[place][1][0]));
    const signs = SIGNS.map((name, index) => html("button", { type: "button", "data-sign": index - 1 }, words[name]));
    this.question.replaceChildren(html("p", { class: "nn-ask" }, ask.text), ...[hint].flat(),
      html("div", { class: "nn-typed" },
        html("label", {}, html("span", {}, words.yours), html("input",
          { type: "text", inputmode: "decimal", autocomplete: "off", "data-answer": "", size: 10 })),
        html("button", { type: "submit" }, words.commit)),
      html("div", { class: "nn-signs", role: "group" }, html("small", {}, words.or), ...signs),
      html("div", { class: "nn-choices", role: "group" }, ...choices),
      html("p", { class: "nn-feedback", role: "status" }),
      html("button", { type: "button", "data-action": "next" }, words.skip));
  }

  /** What a prediction was worth: in a sign, in words, and only then in colour. @param {boolean} good @param {string} text */
  say(good, text) {
    const told = /** @type {Element} */ (this.question.querySelector(".nn-feedback"));
    setAttribute(told, "class", `nn-feedback ${good ? "nn-good" : "nn-bad"}`);
    setText(told, `${good ? "✓" : "✗"} ${text}`);
    return told;
  }

  /** @param {MathTree} tree */
  #because(tree) {
    return html("p", { class: "nn-because" }, `${this.words.because} `, formula(tree));
  }

  /** @param {[string, MathTree]} line */
  #line([caption, tree]) {
    return html("div", { class: "nn-line" }, html("span", { class: "nn-caption" }, this.words[caption] ?? caption),
      html("div", { class: "nn-math", tabindex: "-1" }, formula(tree)));
  }

  /** @param {[string, string, string]} ledger */
  #sum([caption, sum, total]) {
    return [html("p", {}, caption), html("p", { class: "nn-sum" }, sum, html("strong", {}, total))];
  }
}

// ------------------------------------------------------------------------------------------- the other two views

/** All numbers as a table, and all steps as a list. */
class Table {
  /** @param {Data} data @param {Words} words */
  constructor(data, words) {
    this.data = data;
    this.words = words;
    this.rows = new Map(data.nodes.map((node) => [node.name, html("tr")]));
    const heads = ["name", "operation", "value", "gradient", "state"].map((key) => html("th", { scope: "col" }, words[key]));
    this.steps = data.steps.map(({ phase, now }, index) =>
      html("button", { type: "button", "data-goto": index + 1 }, html("small", {}, words[phase] ?? phase), ` ${now}`));
    this.element = html("div", { class: "nn-table", tabindex: "0", role: "region", "aria-label": words.table },
      html("table", {}, html("thead", {}, html("tr", {}, ...heads)), html("tbody", {}, ...this.rows.values())),
      html("section", {}, html("h3", {}, words.steps), html("ol", {}, ...this.steps.map((button) => html("li", {}, button)))));
  }

  /** @param {NodeData[]} nodes those to show anew @param {number} step */
  show(nodes, step) {
    for (const node of nodes) {
      const [, state, value, gradient] = entryAt(node.timeline, step);
      const mark = state === "done" ? `${this.words.done} ✓` : this.words[state];
      const row = /** @type {Element} */ (this.rows.get(node.name));
      setAttribute(row, "data-state", state);
      row.replaceChildren(html("th", { scope: "row" }, node.name), html("td", {}, node.operation),
        this.#number(value, "nn-value"), this.#number(gradient, "nn-gradient"), html("td", {}, mark));
    }
    this.steps.forEach((button, index) => setAttribute(button, "aria-current", index + 1 === step ? "step" : null));
  }

  /** @param {number | null} place @param {string} role */
  #number(place, role) {
    if (place === null) return html("td", { class: role, "aria-label": this.words.unknown }, UNKNOWN);
    const [full, lines] = this.data.texts[place];
    const cell = html("td", { class: role }, lines.join("\n"));
    if (isRounded(full, lines)) cell.append(html("small", {}, full));
    return cell;
  }
}

const HELP = [
  ["next", "→", "PageDown"], ["previous", "←", "PageUp"], ["nextPhase", "Shift →"], ["previousPhase", "Shift ←"],
  ["first", "Home"], ["last", "End"], ["play", "Space"], ["table", "t"], ["fullscreen", "f"], ["blank", ".", "b"], ["predict", "p"],
  ["help", "?"], ["close", "Esc"], ["scalar", "1"], ["vector", "2"], ["neuron", "3"],
];
const LEVELS = ["scalar", "vector", "neuron"];
const SIGNS = ["negative", "zero", "positive"];
const SPEEDS = [0.5, 1, 2, 4];

/** What the keys do; every one of them as a button too. @param {Words} words @param {string[]} levels */
function helpView(words, levels) {
  const offered = HELP.filter(([action]) => !LEVELS.includes(action) || levels.includes(action));
  const rows = offered.map(([action, ...keys]) => html("li", {},
    html("span", {}, ...keys.flatMap((key) => [html("kbd", {}, key), " "])),
    html("button", { type: "button", "data-action": action }, words[action])));
  const speeds = SPEEDS.map((speed) => html("button", { type: "button", "data-speed": speed }, String(speed)));
  return html("div", { class: "nn-help", tabindex: "0", role: "region", "aria-label": words.help },
    html("h3", {}, words.help), html("ul", {}, ...rows), html("p", {}, words.nodes),
    html("p", { class: "nn-speed" }, words.speed, ...speeds),
    html("button", { type: "button", "data-action": "download" }, words.download));
}

// ----------------------------------------------------------------------------------------- the player

const THEMES = ["auto", "light", "dark"];
const SMALLEST_HEIGHT = 420;
const LARGEST_HEIGHT = 720;
const ROOM_FOR_BARS = 190;

/**
 * A natural height for the player in px: for the picture, the bars, and a panel with the lines of a backward step.
 * @param {Pick<Data, "steps">} data
 */
export function naturalHeight(data, pictureHeight = 0) {
  const panel = data.steps.some((step) => step.ledger) ? 600 : SMALLEST_HEIGHT;
  return Math.min(LARGEST_HEIGHT, Math.max(panel, Math.ceil(pictureHeight) + ROOM_FOR_BARS));
}

class Player {
  #abort = new AbortController();
  #timer = 0;
  #shown = -1;  // the step the document shows; −1 before the first
  #view = "picture";
  #theme = "auto";
  #scale = 1;
  #speed;
  /** @type {Element | null} */
  #tabStop = null;
  /** @type {Table | null} */
  #table = null;
  /** @type {Element | null} */
  #otherView = null;
  /** @type {Record<string, HTMLElement>} */
  #buttons = {};
  /** @type {Record<string, Data | null>} by name; null while a level is still being unpacked */
  #levels = {};
  #wanted = "";  // the level to show as soon as it is unpacked
  /** @type {{from: Data, step: number, to: Data, arrived: number} | null} where the changes of level began */
  #origin = null;
  #predicting = false;
  /** @type {{step: number, tries: number, since: number} | null} the question that is open */
  #asked = null;
  /** @type {object[]} */
  #attempts = [];
  step = 0;

  /** @param {HTMLElement} root @param {Data} data @param {Options} options */
  constructor(root, data, options) {
    this.root = root;
    this.data = data;
    this.options = options;
    this.words = data.words;
    this.picture = new Picture(data, this.words);
    this.panel = new Panel(this.words);
    this.canvas = html("div", { class: "nn-canvas" });
    this.stage = html("div", { class: "nn-stage", tabindex: "-1" }, this.canvas);
    this.views = html("div", { class: "nn-views" }, this.stage);
    this.inputs = html("form", { class: "nn-inputs", "aria-label": this.words.inputs, novalidate: "" });
    this.sentence = html("p", { class: "nn-say", "data-say": "", "aria-live": "polite", tabindex: "-1" });
    this.segments = html("div", { class: "nn-segments", "aria-hidden": "true" });
    this.slider = /** @type {HTMLInputElement} */ (
      html("input", { type: "range", min: 0, step: 1, "aria-label": this.words.steps }));
    this.count = html("span", { class: "nn-count" });
    this.levels = html("div", { class: "nn-levels", role: "group", "aria-label": this.words.levels });
    this.#speed = options.stepsPerSecond ?? 1;
    this.#assemble();
    this.#unpackLevels(data);
    this.#predict(data.predict ?? false);
    this.#present(options.step ?? 0);
    this.#setTheme(options.theme ?? "auto");
    this.#listen();
  }

  // ------------------------------------------------------------------------------------------------ building

  #assemble() {
    const { root, options } = this;
    if (options.live) this.views.append(this.inputs);
    root.replaceChildren(this.#toolbar(), html("div", { class: "nn-main" }, this.views, this.panel.element), this.sentence,
      html("div", { class: "nn-blank", "data-action": "blank" }));
    setAttribute(root, "data-nnteach-player", "");
    setAttribute(root, "role", "region");
    setAttribute(root, "tabindex", "-1");
  }

  #toolbar() {
    const { words } = this;
    const buttons = (/** @type {string[]} */ ...actions) => actions.map((action) => {
      this.#buttons[action] = iconButton(action, words[action]);
      return this.#buttons[action];
    });
    return html("div", { class: "nn-toolbar", role: "group", "aria-label": words.player },
      html("div", { class: "nn-group" }, ...buttons("first", "previous", "play", "next", "last")),
      html("div", { class: "nn-track" }, this.segments, this.slider), this.count, this.levels,
      html("div", { class: "nn-group" }, ...buttons("predict", "help", "table", "theme", "fullscreen")));
  }

  /** Show another message, such as the same graph with other numbers, at the same step. @param {Data} data */
  load(data) {
    this.#wanted = this.#level;
    this.#unpackLevels(data);
    this.#showLevel(this.step);
  }

  /** The levels that can be chosen; none where there is only one. */
  get #offered() {
    const names = LEVELS.filter((name) => name in this.#levels);
    return names.length < 2 ? [] : names;
  }

  get #level() {
    return this.data.level ?? "vector";
  }

  /** The first level can be shown at once; the others are unpacked while somebody looks at it. @param {Data} data */
  #unpackLevels(data) {
    /** @type {Record<string, Data | null>} */
    const levels = { [data.level ?? "vector"]: data };
    this.#levels = levels;
    for (const [name, text] of Object.entries(data.levels ?? {})) {
      levels[name] = null;
      unpacked(text).then((level) => {
        levels[name] = { ...data, ...level, moments: level.moments };
        if (this.#wanted === name && this.#levels === levels) this.#showLevel(this.step);
      }).catch(() => {
        delete levels[name];  // an old browser shows the first level only
        this.#showLevelButtons();
      });
    }
    this.#showLevelButtons();
  }

  #showLevelButtons() {
    this.levels.replaceChildren(...this.#offered.map((name) =>
      html("button", { type: "button", "data-action": name, "aria-pressed": name === this.#level }, this.words[name])));
  }

  /** Go to the same moment and the same node at another level. @param {string} name */
  #setLevel(name) {
    if (!(name in this.#levels)) return;
    this.#play(false);
    this.#wanted = name;
    const { data, step } = this;
    const to = this.#levels[name];
    if (!to || to === data) return;
    const focus = data.nodes[this.#indexOfNode(document.activeElement)];
    // Whoever only looks at other levels comes back to where the looking began.
    const { from, step: began } = this.#origin?.to === data && this.#origin.arrived === step ? this.#origin : { from: data, step };
    const arrived = from === to ? began : carriedStep(from, to, began);
    this.#origin = { from, step: began, to, arrived };
    this.#showLevel(arrived);
    const node = focus && this.picture.node(carriedNode(data, to, focus.name) ?? "");
    if (focus) (node?.group ?? this.root).focus({ preventScroll: true });
  }

  /** Show the level that is wanted, if it is there by now. @param {number} step */
  #showLevel(step) {
    const data = this.#levels[this.#wanted];
    if (!data) return;
    this.data = data;
    this.picture = new Picture(data, this.words);
    this.#showLevelButtons();
    this.#present(step);
  }

  /** @param {number} step */
  #present(step) {
    const { root, data, picture } = this;
    this.canvas.replaceChildren(picture.svg ?? html("p", { role: "alert" }, this.words.damaged));
    setAttribute(root, "aria-label", data.title);
    setAttribute(root, "data-level", this.#level);
    setAttribute(root, "data-steps", data.steps.length);
    if (!this.options.wholePage) root.style.setProperty("--nn-height", `${naturalHeight(data, picture.size.height)}px`);
    this.#buildSegments();
    this.#showInputs();
    this.#fit();
    this.#shown = -1;
    this.goTo(step);
    this.#setView(this.#view);
  }

  #buildSegments() {
    const { steps } = this.data;
    // As wide as their steps: when a phase is over, the thumb stands at the end of its segment.
    this.segments.replaceChildren(...phaseRuns(steps).map(({ phase, first, last }) =>
      html("span", { class: `nn-${phase}`, "data-last": last, style: `flex-grow:${last - first + 1}` },
        html("b", {}, this.words[phase] ?? phase))));
    this.slider.setAttribute("max", String(steps.length));
  }

  /** A field for every input; the one in which somebody types is left alone. */
  #showInputs() {
    for (const { name, value } of this.options.live ? this.data.inputs : []) {
      const field = this.#field(name) ?? this.#addField(name);
      if (field !== document.activeElement) field.value = String(value).replace("-", "−");
    }
  }

  /** @param {string} name */
  #addField(name) {
    const field = html("input", { type: "text", inputmode: "decimal", autocomplete: "off", "data-input": name, size: 8 });
    this.inputs.append(html("label", {}, html("span", {}, name), field));
    return /** @type {HTMLInputElement} */ (field);
  }

  /** @param {string} name @returns {HTMLInputElement | undefined} */
  #field(name) {
    return [...this.inputs.querySelectorAll("input")].find((field) => field.dataset.input === name);
  }

  // ------------------------------------------------------------------------------------------------ stepping

  /** Show a step, 0 … number of steps. @param {number} wanted */
  goTo(wanted) {
    const { data } = this;
    const step = Math.min(Math.max(Math.trunc(wanted) || 0, 0), data.steps.length);
    if (step === this.#shown) return;
    const everything = this.#shown < 0;
    const nodes = everything ? data.nodes : changedBetween(data.nodes, this.#shown, step);
    const edges = everything ? data.edges : changedBetween(data.edges, this.#shown, step);
    const oneStep = Math.abs(step - this.#shown) === 1;
    this.#endQuestion();
    this.#shown = this.step = step;
    this.#showPicture(nodes, edges, oneStep && !everything);
    this.#showTexts();
    this.#table?.show(nodes, step);
    this.#follow();
    this.options.onStep?.(step);
  }

  /** @param {NodeData[]} nodes @param {EdgeData[]} edges @param {boolean} moving */
  #showPicture(nodes, edges, moving) {
    const { picture, step } = this;
    const numbers = nodes.flatMap((node) => picture.showNode(node, step));
    const used = edges.map((edge) => picture.showEdge(edge, step));
    this.#moveTabStop(nodesInUse(this.data, step)[0] ?? this.data.nodes[0]?.name ?? "");
    if (!moving || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const number of numbers) number.animate?.([{ opacity: 0 }, {}], { duration: 150, easing: "ease-out" });
    for (const edge of used) {
      edge?.querySelector(".line")?.animate([{ strokeWidth: "1.5px" }, {}], { duration: 150, easing: "ease-out" });
    }
  }

  /** The Tab key stops at one node only, the current one; ↑ and ↓ lead to the others. @param {string} name */
  #moveTabStop(name) {
    const next = this.picture.node(name)?.group ?? null;
    if (next === this.#tabStop) return;
    this.#tabStop?.setAttribute("tabindex", "-1");
    next?.setAttribute("tabindex", "0");
    this.#tabStop = next;
  }

  #showTexts() {
    const { root, data, step, words } = this;
    const now = data.steps[step - 1] ?? data.start;
    const phase = phaseAt(data, step);
    const place = fill(words.step, { k: step, n: data.steps.length });
    setAttribute(root, "data-step", step);
    setAttribute(root, "data-phase", phase);
    setAttribute(root, "data-pass", data.steps[step - 1]?.phase ?? "start");
    this.slider.value = String(step);
    setAttribute(this.slider, "aria-valuetext", `${place}, ${words[phase]}: ${now.now}`);
    setText(this.count, place);
    for (const segment of this.segments.querySelectorAll("[data-last]")) {
      setAttribute(segment, "data-over", Number(segment.getAttribute("data-last")) <= step ? "" : null);
    }
    for (const action of ["first", "previous"]) setAttribute(this.#buttons[action], "aria-disabled", step === 0);
    for (const action of ["next", "last"]) setAttribute(this.#buttons[action], "aria-disabled", step === data.steps.length);
    this.panel.show(now);
    setText(this.sentence, now.say);
  }

  // -------------------------------------------------------------------------- size and place of the picture

  #fit() {
    const { picture, root, stage } = this;
    if (!picture.svg) return;
    const room = { width: stage.clientWidth, height: stage.clientHeight };
    this.#scale = root.hasAttribute("data-projector") ? projectorScale(picture.size, room) : 1;
    picture.svg.style.width = `${picture.size.width * this.#scale}px`;
    picture.svg.style.height = `${picture.size.height * this.#scale}px`;
  }

  /** Scroll the picture, and never the page, so that what happens is seen. */
  #follow() {
    this.#reveal(nodesInUse(this.data, this.step));
  }

  /** @param {string[]} names if they do not fit together, the first counts */
  #reveal(names) {
    const { picture, stage, canvas } = this;
    const whole = picture.around(names);
    if (!whole) return stage.scrollTo(0, 0);
    const scale = this.#scale;
    const fits = (whole.right - whole.left) * scale + 48 <= stage.clientWidth
      && (whole.bottom - whole.top) * scale + 48 <= stage.clientHeight;
    const box = fits ? whole : picture.around(names.slice(0, 1)) ?? whole;
    const [x, y] = [canvas.offsetLeft, canvas.offsetTop];
    stage.scrollTo(scrollToShow(stage.scrollLeft, stage.clientWidth, x + box.left * scale, x + box.right * scale),
      scrollToShow(stage.scrollTop, stage.clientHeight, y + box.top * scale, y + box.bottom * scale));
  }

  // ------------------------------------------------------------------------------------------------- actions

  /** Do what a key or a button asks for. @param {string} action @param {Element | null} place where it was asked */
  #act(action, place = null) {
    const { steps } = this.data;
    /** @type {Record<string, () => void>} */
    const actions = {
      first: () => this.#jump(0),
      previous: () => this.#jump(this.step - 1),
      next: () => this.#next(),
      predict: () => this.#predict(!this.#predicting),
      download: () => this.#download(),
      last: () => this.#jump(steps.length),
      nextPhase: () => this.#jump(nextPhase(steps, this.step)),
      previousPhase: () => this.#jump(previousPhase(steps, this.step)),
      visit: () => this.#visit(place),
      nodeAfter: () => this.#focusNode(place, 1),
      nodeBefore: () => this.#focusNode(place, -1),
      play: () => this.#play(this.#timer === 0),
      table: () => this.#setView(this.#view === "table" ? "picture" : "table"),
      help: () => this.#setView(this.#view === "help" ? "picture" : "help"),
      ...Object.fromEntries(LEVELS.map((name) => [name, () => this.#setLevel(name)])),
      theme: () => this.#setTheme(THEMES[(THEMES.indexOf(this.#theme) + 1) % THEMES.length]),
      fullscreen: () => this.#project(!this.root.hasAttribute("data-projector")),
      blank: () => setAttribute(this.root, "data-blank", this.root.hasAttribute("data-blank") ? null : ""),
      close: () => this.#close(),
    };
    if (action !== "blank") this.root.removeAttribute("data-blank");
    actions[action]?.();
  }

  // ---------------------------------------------------------------------------------- predict, then reveal

  /** The question before the next step, if there is one and it is wanted. */
  get #question() {
    return this.#predicting ? this.data.steps[this.step]?.ask : undefined;
  }

  /** @param {boolean} on */
  #predict(on) {
    this.#predicting = on;
    setAttribute(this.#buttons.predict, "aria-pressed", on);
    if (!on && this.#asked) this.#cancelQuestion();
  }

  /** One step on; where something is to be predicted, first the question, and going on then reveals. */
  #next() {
    const ask = this.#question;
    this.#play(false);
    if (!ask || this.#asked) {
      if (this.#asked) this.#note("", "skipped", null);
      this.goTo(this.step + 1);
    } else {
      this.#asked = { step: this.step + 1, tries: 0, since: performance.now() };
      this.panel.ask(this.data.steps[this.step], ask, this.data.texts);
      this.root.setAttribute("data-asking", ask.kind);
      const { node } = this.data.steps[this.step];
      for (const { name } of this.data.nodes.filter((one) => one.name === node || one.at?.includes(node))) {
        this.picture.node(name)?.group.setAttribute("data-asked", "");
      }
      setText(this.sentence, ask.text);
      if (this.#view !== "picture") this.#setView("picture");
      if (!this.root.hasAttribute("data-projector")) this.panel.question.querySelector("input")?.focus({ preventScroll: true });
    }
  }

  #endQuestion() {
    if (this.panel.question.contains(document.activeElement)) this.root.focus({ preventScroll: true });
    this.#asked = null;
    this.panel.question.replaceChildren();
    this.root.removeAttribute("data-asking");
    for (const group of this.canvas.querySelectorAll("[data-asked]")) group.removeAttribute("data-asked");
  }

  #cancelQuestion() {
    this.#endQuestion();
    this.#showTexts();
  }

  /** @param {string} typed a number, or only a sign @param {boolean} signOnly @param {string} said as it was typed */
  #answer(typed, signOnly = false, said = typed.replace("-", "−")) {
    const ask = this.#question;
    if (!ask || !this.#asked) return;
    const { texts, slips = {} } = this.data;
    const [full, [shown]] = texts[ask.answer];
    const { verdict, slip } = signOnly
      ? { verdict: Math.sign(Number(full)) === Number(typed) ? "right" : "wrong", slip: null }
      : judge(typed, full, ask.slips.map(([place, key]) => [texts[place][0], key]));
    if (signOnly) said = this.words[SIGNS[Number(typed) + 1]];
    if (verdict !== "coarse") this.#asked.tries += 1;
    this.#note(said, verdict, slip);
    if (verdict === "coarse") return void this.panel.say(false, this.words.coarse);
    const right = verdict === "right";
    const last = right || this.#asked.tries === 2;
    const told = this.panel.say(right, [
      fill(this.words[right ? "right" : last ? "revealed" : "wrong"], { typed: said, answer: shown }),
      slip ? fill(this.words.exactly, { slip: fill(slips[slip] ?? slip, ask.names) }) : "",
      last ? "" : this.words.again].filter(Boolean).join(" "));
    if (!last) return void (/** @type {any} */ (this.panel.question.querySelector("input"))?.select());
    this.goTo(this.step + 1);
    this.panel.question.replaceChildren(told);
  }

  /** Keep it, for the student and for Python. @param {string} said @param {string} verdict @param {string | null} slip */
  #note(said, verdict, slip) {
    const { step, tries, since } = /** @type {{step: number, tries: number, since: number}} */ (this.#asked);
    const ask = /** @type {Ask} */ (this.#question);
    this.#attempts = [...this.#attempts, { level: this.#level, step, question: ask.text, kind: ask.kind, said, verdict, slip, tries,
      answer: this.data.texts[ask.answer][0], milliseconds: Math.round(performance.now() - since) }];
    this.options.onAttempts?.(this.#attempts);
  }

  #download() {
    const file = new Blob([JSON.stringify({ title: this.data.title, attempts: this.#attempts }, null, 1)], { type: "application/json" });
    const link = /** @type {HTMLAnchorElement} */ (html("a", { href: URL.createObjectURL(file), download: "predictions.json" }));
    link.click();
    URL.revokeObjectURL(link.href);
  }

  /** @param {number} step */
  #jump(step) {
    this.#play(false);
    this.goTo(step);
  }

  /** The place in `data.nodes` of the node that an element belongs to; −1 if none. @param {Element | null} element */
  #indexOfNode(element) {
    const group = element?.closest("[data-node]");
    return this.data.nodes.findIndex((node) => group && this.picture.node(node.name)?.group === group);
  }

  /** @param {Element | null} place */
  #visit(place) {
    const node = this.data.nodes[this.#indexOfNode(place)];
    if (node) this.#jump(stepOfNode(this.data.steps, node.name, this.step, node.at));
  }

  /** @param {Element | null} place @param {number} direction */
  #focusNode(place, direction) {
    const node = this.data.nodes[this.#indexOfNode(place) + direction];
    if (!node) return;
    this.picture.node(node.name)?.group.focus({ preventScroll: true });
    this.#reveal([node.name]);
  }

  /** @param {boolean} on */
  #play(on) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (on && this.step === this.data.steps.length) this.goTo(0);
    if (on) this.#timer = window.setTimeout(() => this.#tick(), 1000 / this.#speed);
    const word = on ? "pause" : "play";
    const button = this.#buttons.play;
    drawIcon(/** @type {any} */ (button.querySelector("path")), word);
    setAttribute(button, "aria-label", this.words[word]);
    setAttribute(button, "title", this.words[word]);
  }

  #tick() {
    if (this.#question) return this.#next();
    this.goTo(this.step + 1);
    this.#play(this.step < this.data.steps.length);
  }

  /** @param {string} view "picture", "table" or "help" */
  #setView(view) {
    this.#view = view;
    this.#otherView?.remove();
    this.#table = view === "table" ? new Table(this.data, this.words) : null;
    this.#table?.show(this.data.nodes, this.step);
    this.#otherView = this.#table?.element ?? (view === "help" ? helpView(this.words, this.#offered) : null);
    if (this.#otherView) this.views.prepend(this.#otherView);
    setAttribute(this.root, "data-view", view);
    for (const name of ["table", "help"]) setAttribute(this.#buttons[name], "aria-pressed", view === name);
    this.#markSpeed();
    if (view === "picture" && this.#shown >= 0) this.#follow();
  }

  #markSpeed() {
    for (const button of this.views.querySelectorAll("[data-speed]")) {
      setAttribute(button, "aria-pressed", Number(button.getAttribute("data-speed")) === this.#speed);
    }
  }

  /** @param {string} theme */
  #setTheme(theme) {
    this.#theme = theme;
    setAttribute(this.root, "data-theme", theme === "auto" ? null : theme);
    const button = this.#buttons.theme;
    drawIcon(/** @type {any} */ (button.querySelector("path")), theme);
    const label = `${this.words.theme}: ${this.words[theme]}`;
    setAttribute(button, "aria-label", label);
    setAttribute(button, "title", label);
  }

  /** Large, on the whole screen; where that is refused, over the whole page. @param {boolean} on */
  async #project(on) {
    setAttribute(this.root, "data-projector", on ? "" : null);
    setAttribute(this.#buttons.fullscreen, "aria-pressed", on);
    this.#resized();
    try {
      if (on) await this.root.requestFullscreen();
      else if (document.fullscreenElement) await document.exitFullscreen();
    } catch {
      // Refused, as in some notebooks: the style sheet's overlay stands already.
    }
  }

  #close() {
    if (this.#asked) this.#cancelQuestion();
    else if (this.#view !== "picture") this.#setView("picture");
    else if (this.root.hasAttribute("data-projector")) this.#project(false);
  }

  #resized() {
    this.#fit();
    if (this.#shown >= 0) this.#follow();
  }

  // ----------------------------------------------------------------------------------------------- listening

  #listen() {
    const { root, options } = this;
    const { signal } = this.#abort;
    // JupyterLab reads plain keys as commands, at the document: there the player must be asked before it.
    const keys = options.guardKeys ? window : options.wholePage ? document : root;
    const onKey = (/** @type {any} */ event) => this.#onKey(event);
    keys.addEventListener("keydown", onKey, { signal, capture: !!options.guardKeys });
    root.addEventListener("click", (event) => this.#onClick(/** @type {any} */ (event.target)), { signal });
    this.panel.question.addEventListener("submit", (event) => this.#onAnswer(event), { signal });
    root.addEventListener("mousedown", (event) => this.#onMouseDown(event), { signal });
    this.slider.addEventListener("input", () => this.#jump(Number(this.slider.value)), { signal });
    this.inputs.addEventListener("change", (event) => this.#onInput(/** @type {any} */ (event.target)), { signal });
    this.inputs.addEventListener("submit", (event) => event.preventDefault(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.#play(false), { signal });
    document.addEventListener("fullscreenchange", () => this.#onFullscreen(), { signal });
    const observer = new ResizeObserver(() => this.#resized());
    observer.observe(this.stage);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (this.options.guardKeys && !this.root.contains(target)) return;
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (this.options.guardKeys && plain && event.key !== "Tab" && event.key !== "Escape") event.stopPropagation();
    const action = event.isComposing ? null : keyAction(event, placeOf(target));
    if (action === null || (action === "close" && !this.#canClose())) return;
    event.preventDefault();
    this.#act(action, target);
  }

  #canClose() {
    return this.#asked || this.#view !== "picture" || ["data-projector", "data-blank"].some((name) => this.root.hasAttribute(name));
  }

  /** @param {Element} target */
  #onClick(target) {
    const button = target.closest("[data-action], [data-goto], [data-speed], [data-node], [data-guess], [data-sign]");
    if (!button) return;
    const { action, goto, speed, guess, sign } = /** @type {HTMLElement} */ (button).dataset;
    if (action) this.#act(action, target);
    else if (goto) this.#jump(Number(goto));
    else if (speed) this.#setSpeed(Number(speed));
    else if (guess ?? sign) this.#answer(guess ?? sign ?? "", guess === undefined);
    else this.#visit(target);
  }

  /**
   * After a click the keys still belong to the player: Space plays, it does not press the same button again.
   * @param {any} event
   */
  #onMouseDown(event) {
    if (!event.target.closest("button, [data-node]")) return;
    event.preventDefault();
    this.root.focus({ preventScroll: true });
  }

  /** @param {number} speed */
  #setSpeed(speed) {
    this.#speed = speed;
    this.#markSpeed();
    if (this.#timer) this.#play(true);
  }

  /** @param {Event} event */
  #onAnswer(event) {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (this.panel.question.querySelector("input"));
    const number = readNumber(field.value);
    if (number !== null) this.#answer(number, false, field.value.trim());
    else this.panel.say(false, fill(this.words.expected, { name: this.words.yours, typed: field.value }));
  }

  /** @param {HTMLInputElement} field */
  #onInput(field) {
    const name = field.dataset.input ?? "";
    const number = readNumber(field.value);
    setAttribute(field, "aria-invalid", number === null ? "true" : null);
    this.showTrouble(number === null ? fill(this.words.expected, { name, typed: field.value }) : "");
    if (number !== null) this.options.onChange?.(name, number);
  }

  /** What is wrong with an input, or nothing. @param {string} text */
  showTrouble(text) {
    this.inputs.querySelector("[role=alert]")?.remove();
    if (text) this.inputs.append(html("p", { role: "alert" }, text));
  }

  #onFullscreen() {
    if (document.fullscreenElement === null && this.root.hasAttribute("data-projector")) this.#project(false);
  }

  destroy() {
    this.#play(false);
    this.#abort.abort();
    this.root.replaceChildren();
    for (const { name } of [...this.root.attributes]) if (name.startsWith("data-")) this.root.removeAttribute(name);
  }
}

/** What kind of element has the focus, as far as keys are concerned. @param {Element} element */
function placeOf(element) {
  if (element.matches?.("[data-answer]") && !(/** @type {any} */ (element).value)) return "answer";
  if (element.matches?.("input:not([type=range]), textarea, select, [contenteditable]")) return "text";
  if (element.matches?.("[data-node]")) return "node";
  return element.matches?.("button, a") ? "button" : "";
}

/** Show a message in an element; README.md lists the options. @param {HTMLElement} root @param {Data} data @param {Options} options */
export function mount(root, data, options = {}) {
  const player = new Player(root, data, options);
  return {
    /** @param {number} step */
    goTo: (step) => player.goTo(step),
    get step() { return player.step; },
    /** @param {Data} changed */
    load: (changed) => player.load(changed),
    /** @param {string} text */
    showTrouble: (text) => player.showTrouble(text),
    destroy: () => player.destroy(),
  };
}

/**
 * For anywidget: the same player, linked to Python by the traits of live.py.
 * @param {{model: any, el: HTMLElement}} widget
 */
function render({ model, el }) {
  const root = document.createElement("div");
  el.append(root);
  const lab = document.body.dataset.jpThemeLight;
  const player = mount(root, model.get("data"), {
    live: true, guardKeys: true, step: model.get("step"),
    theme: lab === "true" ? "light" : lab === "false" ? "dark" : "auto",
    onStep: (step) => model.set("step", step),  // not sent: stepping does not trouble Python
    onAttempts: (attempts) => {
      model.set("attempts", attempts);
      model.save_changes();
    },
    onChange: (name, text) => {
      model.set("change", { name, text, serial: (model.get("change")?.serial ?? 0) + 1 });
      model.save_changes();
    },
  });
  const listeners = {
    "change:data": () => player.load(model.get("data")),
    "change:step": () => player.goTo(model.get("step")),
    "change:trouble": () => player.showTrouble(model.get("trouble")),
  };
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
  return () => {
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
    player.destroy();
  };
}

export default { render };
