// @ts-check
/** The player: ties everything together.
 * What the document shows is a function of the message and the step alone, so stepping back undoes stepping forth.
 */
/** @import { Data, NodeData, EdgeData, Ask, Options, Words } from "./message.js" */

import { drawIcon, html, iconButton, setAttribute, setText } from "./elements.js";
import { keyAction, placeOf } from "./keys.js";
import { cellsOf, cellUnder, CellView } from "./cells.js";
import { Curve } from "./curve.js";
import { carriedNode, carriedStep, changedBetween, entryAt, fill, judge, iterationAt, nextPhase, nodeStops, nodesInUse, phaseAt, phaseRuns, previousPhase, projectorScale, readNumber, scrollToShow, stepOfNode } from "./lookup.js";
import { Overview } from "./overview.js";
import { Panel, SIGNS } from "./panel.js";
import { Picture } from "./picture.js";
import { LEVELS, Table, helpView } from "./views.js";

/** A level that Python packed: JSON, deflated, base64. @param {string} text @returns {Promise<Partial<Data>>} */
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}


const THEMES = ["auto", "light", "dark"];
const SMALLEST_HEIGHT = 420;
const LARGEST_HEIGHT = 720;
const ROOM_FOR_BARS = 190;
const ROOM_FOR_CURVE = 150;

/**
 * A natural height for the player in px: for the picture, the bars, and a panel with the lines of a backward step.
 * @param {Pick<Data, "steps" | "curve">} data
 */
export function naturalHeight(data, pictureHeight = 0) {
  const panel = data.steps.some((step) => step.ledger) ? 600 : SMALLEST_HEIGHT;
  const curve = data.curve ? ROOM_FOR_CURVE : 0;
  return Math.min(LARGEST_HEIGHT, Math.max(panel, Math.ceil(pictureHeight) + ROOM_FOR_BARS + curve));
}

export class Player {
  #abort = new AbortController();
  #timer = 0;
  #frame = 0;  // the frame before which sizes and places are put right; 0: none is waited for
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
  /** @type {number[] | null} the steps at which one stops; null: at all */
  #stops = null;
  /** @type {EdgeData[]} edges that a step of a whole node uses besides its own */
  #also = [];
  /** @type {Curve | null} */
  #curve = null;
  /** @type {CellView | null} the cell that is looked at */
  #cell = null;
  /** @type {Overview | null} */
  #overview = null;
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
      html("div", { class: "nn-group" }, ...buttons("predict", "grain", "help", "table", "theme", "fullscreen")));
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

  /** Actions for which there is nothing here. */
  get #missing() {
    const iterations = this.data.iterations ? [] : ["nextIteration", "previousIteration"];
    const cells = this.data.cells ? [] : ["cellAfter", "cellBefore"];
    return new Set([...LEVELS.filter((name) => !this.#offered.includes(name)), ...iterations, ...cells]);
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
        levels[name] = { ...data, ...level, moments: level.moments, cells: level.cells };
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
    this.#curve?.element.remove();
    this.#curve = data.curve ? new Curve(data, this.words) : null;
    if (this.#curve) this.stage.after(this.#curve.element);
    this.#overview?.element.remove();
    this.#overview = Overview.isNeeded(data) ? new Overview(picture, this.stage, this.words) : null;
    if (this.#overview) this.views.prepend(this.#overview.element);
    if (this.#stops) this.#stops = nodeStops(data.steps);
    this.#also = [];
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
    const memory = everything ? data.memory ?? [] : changedBetween(data.memory ?? [], this.#shown, step);
    const oneStep = step === this.#after(this.#shown) || step === this.#before(this.#shown);
    this.#endQuestion();
    this.#closeCell();
    this.#shown = this.step = step;
    this.#showPicture(nodes, edges, oneStep && !everything);
    this.#showWhole();
    this.#showTexts();
    this.#curve?.show(step);
    this.#table?.show([...nodes, ...memory], step);
    this.#settleLater();
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

  /** What is told at a step; where one goes from node to node, all that the node has received. */
  get #told() {
    const now = this.data.steps[this.step - 1] ?? this.data.start;
    return this.#stops && "whole" in now ? { ...now, ...now.whole } : now;
  }

  /** Where one goes from node to node, all edges that bring something are in use. */
  #showWhole() {
    for (const edge of this.#also) this.picture.showEdge(edge, this.step);
    const used = /** @type {any} */ (this.#told).edges ?? [];
    this.#also = used.length ? this.data.edges.filter((edge) => used.includes(edge.id)) : [];
    for (const edge of this.#also) this.picture.useEdge(edge);
  }

  /** The next step at which one stops. @param {number} step */
  #after(step) {
    return this.#stops ? this.#stops.find((stop) => stop > step) ?? this.data.steps.length : step + 1;
  }

  /** The one before. @param {number} step */
  #before(step) {
    return this.#stops ? this.#stops.findLast((stop) => stop < step) ?? 0 : step - 1;
  }

  /** One step per edge, or all that a node receives at once. */
  #setGrain() {
    this.#play(false);
    this.#stops = this.#stops ? null : nodeStops(this.data.steps);
    const grain = this.#stops ? "node" : "edge";
    setAttribute(this.root, "data-grain", grain);
    setAttribute(this.#buttons.grain, "aria-pressed", grain === "node");
    this.#shown = -1;
    this.goTo(this.step && this.#stops ? this.#after(this.step - 1) : this.step);
    setText(this.sentence, `${this.words.grain}: ${this.words[grain]}.`);
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
    const now = this.#told;
    const phase = phaseAt(data, step);
    const [k, n] = this.#stops ? [this.#stops.indexOf(step) + 1, this.#stops.length] : [step, data.steps.length];
    const place = fill(words.step, { k, n });
    setAttribute(root, "data-step", step);
    setAttribute(root, "data-phase", phase);
    setAttribute(root, "data-pass", data.steps[step - 1]?.phase ?? "start");
    if (data.iterations) setAttribute(root, "data-iteration", iterationAt(data.iterations, step));
    this.slider.value = String(step);
    setAttribute(this.slider, "aria-valuetext", `${place}, ${words[phase]}: ${now.now}`);
    setText(this.count, place);
    for (const segment of this.segments.querySelectorAll("[data-last]")) {
      setAttribute(segment, "data-over", Number(segment.getAttribute("data-last")) <= step ? "" : null);
    }
    for (const action of ["first", "previous"]) setAttribute(this.#buttons[action], "aria-disabled", step === 0);
    for (const action of ["next", "last"]) setAttribute(this.#buttons[action], "aria-disabled", step === data.steps.length);
    this.panel.show(now);
    this.#settleLater();
    setText(this.sentence, now.say);
  }

  /** Whatever needs the layout is done once before the next frame is painted, however many keys came before it. */
  #settleLater() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.panel.fit();
      if (this.#view === "picture") this.#follow();
    });
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
    const names = nodesInUse(this.data, this.step);
    this.#reveal(names);
    this.#overview?.show(names);
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
      previous: () => this.#jump(this.#before(this.step)),
      next: () => this.#next(),
      predict: () => this.#predict(!this.#predicting),
      download: () => this.#download(),
      last: () => this.#jump(steps.length),
      nextPhase: () => this.#jump(nextPhase(steps, this.step)),
      previousPhase: () => this.#jump(previousPhase(steps, this.step)),
      nextIteration: () => this.#jump(this.data.iterations?.find((first) => first > this.step) ?? steps.length),
      previousIteration: () => this.#jump(this.data.iterations?.findLast((first) => first < this.step) ?? 0),
      grain: () => this.#setGrain(),
      cellAfter: () => this.#moveCell(place, 1),
      cellBefore: () => this.#moveCell(place, -1),
      closeCell: () => this.#closeCell(),
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
    return this.#predicting ? this.data.steps[this.#after(this.step) - 1]?.ask : undefined;
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
      this.goTo(this.#after(this.step));
    } else {
      const step = this.#after(this.step);
      this.#closeCell();
      this.#asked = { step, tries: 0, since: performance.now() };
      this.panel.ask(this.data.steps[step - 1], ask, this.data.texts);
      this.root.setAttribute("data-asking", ask.kind);
      const { node } = this.data.steps[step - 1];
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
    this.goTo(this.#after(this.step));
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
    this.goTo(this.#stops && step > 0 ? this.#after(step - 1) : step);
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

  /** Show how a cell of a matrix is computed. @param {string} name @param {number} index among its cells */
  #showCell(name, index) {
    const count = cellsOf(this.data, name).length;
    this.#closeCell();
    this.#cell = new CellView(this.data, this.words, name, (index + count) % count, this.step);
    this.panel.question.after(this.#cell.element);
    this.#cell.mark(this.picture.node(name));
    this.root.setAttribute("data-cell", this.#cell.label);
    this.panel.element.scrollTo(0, 0);
    setText(this.sentence, this.#cell.sentence);
  }

  #closeCell() {
    if (!this.#cell) return;
    this.#cell.remove();
    this.#cell = null;
    this.root.removeAttribute("data-cell");
    this.#showTexts();
  }

  /** The next cell, or the one before; at first one of the node that has the focus, or is current. @param {Element | null} place @param {number} by */
  #moveCell(place, by) {
    const { data, step } = this;
    if (this.#asked) return;
    const focused = data.nodes[this.#indexOfNode(place)]?.name;
    if (this.#cell && (!focused || focused === this.#cell.name)) return this.#showCell(this.#cell.name, this.#cell.index + by);
    const able = [focused, data.steps[step - 1]?.node, ...Object.keys(data.cells ?? {})].find((name) =>
      name && cellsOf(data, name).length && entryAt(/** @type {any} */ (data.nodes.find((node) => node.name === name)).timeline, step)[2] !== null);
    if (able) this.#showCell(able, by > 0 ? 0 : -1);
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
    this.goTo(this.#after(this.step));
    this.#play(this.step < this.data.steps.length);
  }

  /** @param {string} view "picture", "table" or "help" */
  #setView(view) {
    this.#view = view;
    this.#otherView?.remove();
    this.#table = view === "table" ? new Table(this.data, this.words) : null;
    this.#table?.show([...this.data.nodes, ...this.data.memory ?? []], this.step);
    this.#otherView = this.#table?.element ?? (view === "help" ? helpView(this.words, this.#missing) : null);
    if (this.#otherView) this.views.prepend(this.#otherView);
    setAttribute(this.root, "data-view", view);
    for (const name of ["table", "help"]) setAttribute(this.#buttons[name], "aria-pressed", view === name);
    this.#markSpeed();
    if (view === "picture") this.#settleLater();
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
    else if (this.#cell) this.#closeCell();
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
    root.addEventListener("click", (event) => this.#onClick(/** @type {any} */ (event.target), event), { signal });
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
    return this.#asked || this.#cell || this.#view !== "picture" || ["data-projector", "data-blank"].some((name) => this.root.hasAttribute(name));
  }

  /** @param {Element} target @param {MouseEvent} event */
  #onClick(target, event) {
    const button = target.closest("[data-action], [data-goto], [data-speed], [data-node], [data-guess], [data-sign]");
    if (!button) return;
    const { action, goto, speed, guess, sign } = /** @type {HTMLElement} */ (button).dataset;
    if (action) this.#act(action, target);
    else if (goto) this.#jump(Number(goto));
    else if (speed) this.#setSpeed(Number(speed));
    else if (guess ?? sign) this.#answer(guess ?? sign ?? "", guess === undefined);
    else {
      const name = this.data.nodes[this.#indexOfNode(target)]?.name ?? "";
      const cell = this.#asked ? null : cellUnder(this.data, name, target, event, this.step);
      if (cell === null) this.#visit(target);
      else this.#showCell(name, cell);
    }
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
    cancelAnimationFrame(this.#frame);
    this.#abort.abort();
    this.root.replaceChildren();
    for (const { name } of [...this.root.attributes]) if (name.startsWith("data-")) this.root.removeAttribute(name);
  }
}
