// @ts-check
/** The player: what the document shows is a function of the message and the step alone, so stepping back undoes stepping forth. */
/** @import { Data, NodeData, EdgeData, Options } from "./message.js" */

import { listen } from "./actions.js";
import { Clock } from "./clock.js";
import { Curve } from "./curve.js";
import { html, setAttribute, setText } from "./elements.js";
import { Inputs } from "./inputs.js";
import { Lens } from "./lens.js";
import { Levels, levelOf } from "./levels.js";
import { carriedNode, changedBetween, fill, iterationAt, nodeStops, nodesInUse, phaseAt, stepOfNode } from "./lookup.js";
import { Panel } from "./panel.js";
import { Picture } from "./picture.js";
import { Prediction } from "./prediction.js";
import { Screen } from "./screen.js";
import { Stage, naturalHeight } from "./stage.js";
import { Toolbar } from "./toolbar.js";
import { inFull } from "./unpack.js";
import { LEVELS, Table, helpView } from "./views.js";

export class Player {
  #abort = new AbortController();
  #frame = 0;  // the frame before which sizes and places are put right; 0: none is waited for
  #shown = -1;  // the step the document shows; −1 before the first
  /** @type {Table | null} */
  #table = null;
  /** @type {Element | null} */
  #otherView = null;
  /** @type {number[] | null} the steps at which one stops; null: at all */
  #stops = null;
  /** @type {EdgeData[]} edges that a step of a whole node uses besides its own */
  #also = [];
  /** @type {Curve | null} */
  #curve = null;
  view = "picture";
  step = 0;

  /** @param {HTMLElement} root @param {Data} data @param {Options} options */
  constructor(root, data, options) {
    const { words } = data;
    this.root = root;
    this.data = data;
    this.options = options;
    this.words = words;
    this.picture = new Picture(data, words);
    this.panel = new Panel(words);
    this.stage = new Stage(words);
    this.toolbar = new Toolbar(words);
    this.inputs = new Inputs(words, options);
    this.sentence = html("p", { class: "nn-say", "data-say": "", "aria-live": "polite", tabindex: "-1" });
    this.views = html("div", { class: "nn-views" }, this.stage.element, ...options.live ? [this.inputs.element] : []);
    this.levels = new Levels(() => this.#showLevel(this.step));
    this.prediction = new Prediction(this);
    this.lens = new Lens(this);
    this.clock = new Clock(this);
    this.screen = new Screen(this);
    this.#assemble();
    this.levels.load(data);
    this.prediction.want(data.predict ?? false);
    this.#present(options.step ?? 0);
    this.screen.follow(options.theme ?? "auto");
    listen(this, this.#abort.signal);
  }

  // ------------------------------------------------------------------------------------------------ building

  #assemble() {
    const { root } = this;
    for (const [name, value] of [["data-nnteach-player", ""], ["role", "region"], ["tabindex", "-1"]]) setAttribute(root, name, value);
    root.replaceChildren(this.toolbar.element, html("div", { class: "nn-main" }, this.views, this.panel.element), this.sentence,
      html("div", { class: "nn-blank", "data-action": "blank" }));
  }

  /** Show another message, such as the same graph with other numbers, at the same step. @param {Data} data */
  load(data) {
    this.levels.wanted = levelOf(this.data);
    this.levels.load(data);
    this.#showLevel(this.step);
  }

  #showLevels() {
    this.toolbar.showLevels(this.levels.offered, levelOf(this.data));
  }

  /** Go to the same moment and the same node at another level. @param {string} name */
  setLevel(name) {
    const { data } = this;
    if (!this.levels.has(name)) return;
    this.clock.play(false);
    const focus = this.nodeOf(document.activeElement);
    const arrived = this.levels.carry(name, data, this.step);
    if (arrived === undefined) return;
    this.#showLevel(arrived);
    const node = focus && carriedNode(data, this.data, focus.name);
    if (node) this.stage.focus(node);
    else if (focus) this.root.focus({ preventScroll: true });
  }

  /** Show the level that is wanted, if it is there by now. @param {number} step */
  #showLevel(step) {
    const data = this.levels.ready;
    if (!data || data === this.data) return this.#showLevels();
    this.data = data;
    this.picture = new Picture(data, this.words);
    this.#present(step);
  }

  /** @param {number} step */
  #present(step) {
    const { root, data, picture } = this;
    this.stage.present(data, picture);
    setAttribute(root, "aria-label", data.title);
    setAttribute(root, "data-level", levelOf(data));
    setAttribute(root, "data-open", data.open || null);
    setAttribute(root, "data-steps", data.steps.length);
    if (!this.options.wholePage) root.style.setProperty("--nn-height", `${naturalHeight(data, picture.size.height)}px`);
    this.#showLevels();
    this.toolbar.showPhases(data.steps);
    if (this.options.live) this.inputs.show(data.inputs);
    this.#curve?.element.remove();
    this.#curve = data.curve ? new Curve(data, this.words) : null;
    if (this.#curve) this.stage.element.after(this.#curve.element);
    if (this.#stops) this.#stops = nodeStops(data.steps);
    this.#also = [];
    this.stage.fit(this.screen.projected);
    this.#shown = -1;
    this.goTo(step);
    this.setView(this.view);
  }

  // ------------------------------------------------------------------------------------------------ stepping

  /** Show a step, 0 … number of steps. @param {number} wanted */
  goTo(wanted) {
    const { data } = this;
    const [step, everything] = [Math.min(Math.max(Math.trunc(wanted) || 0, 0), data.steps.length), this.#shown < 0];
    if (step === this.#shown) return;
    const [nodes, edges, memory] = everything ? [data.nodes, data.edges, data.memory ?? []] : this.#changes(this.#shown, step);
    const oneStep = step === this.after(this.#shown) || step === this.before(this.#shown);
    this.prediction.end();
    this.lens.close();
    this.#shown = this.step = step;
    this.#showPicture(nodes, edges, oneStep && !everything);
    this.#showWhole();
    this.showTexts();
    this.#curve?.show(step);
    this.#table?.show([...nodes, ...memory], step);
    // After a key at once: the time until the next frame would be lost. The first layout waits until there is a window.
    if (!everything) setTimeout(() => this.#settle());
    this.options.onStep?.(step);
  }

  /** Nodes, edges and memories that differ. @param {number} from @param {number} to */
  #changes(from, to) {
    const { nodes, edges, memory = [] } = this.data;
    return [nodes, edges, memory].map((/** @type {any[]} */ items) => changedBetween(items, from, to));
  }

  /** @param {NodeData[]} nodes @param {EdgeData[]} edges @param {boolean} moving */
  #showPicture(nodes, edges, moving) {
    const { picture, step } = this;
    const numbers = nodes.flatMap((node) => picture.showNode(node, step));
    const used = edges.map((edge) => picture.showEdge(edge, step));
    this.stage.moveTabStop(nodesInUse(this.data, step)[0] ?? this.data.nodes[0]?.name ?? "");
    if (moving) picture.appear(numbers, used);
  }

  /** What is told at a step; where one goes from node to node, all that the node has received. */
  get #told() {
    const now = inFull(this.data.steps[this.step - 1]) ?? this.data.start;
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
  after(step) {
    return this.#stops ? this.#stops.find((stop) => stop > step) ?? this.data.steps.length : step + 1;
  }

  /** The one before. @param {number} step */
  before(step) {
    return this.#stops ? this.#stops.findLast((stop) => stop < step) ?? 0 : step - 1;
  }

  /** One step per edge, or all that a node receives at once. */
  changeGrain() {
    this.clock.play(false);
    this.#stops = this.#stops ? null : nodeStops(this.data.steps);
    const grain = this.#stops ? "node" : "edge";
    setAttribute(this.root, "data-grain", grain);
    this.toolbar.press("grain", grain === "node");
    this.#shown = -1;
    this.goTo(this.step && this.#stops ? this.after(this.step - 1) : this.step);
    setText(this.sentence, `${this.words.grain}: ${this.words[grain]}.`);
  }

  showTexts() {
    const { root, data, step, words } = this;
    const [now, phase] = [this.#told, phaseAt(data, step)];
    const [k, n] = this.#stops ? [this.#stops.indexOf(step) + 1, this.#stops.length] : [step, data.steps.length];
    setAttribute(root, "data-step", step);
    setAttribute(root, "data-phase", phase);
    setAttribute(root, "data-pass", data.steps[step - 1]?.phase ?? "start");
    if (data.iterations) setAttribute(root, "data-iteration", iterationAt(data.iterations, step));
    this.toolbar.show(step, data.steps.length, fill(words.step, { k, n }), `${words[phase]}: ${now.now}`);
    this.panel.show(now);
    this.#settleLater();
    setText(this.sentence, now.say);
  }

  /** Whatever needs the layout is done once before the next frame is painted, however many keys came before it. */
  #settleLater() {
    this.#frame ||= requestAnimationFrame(() => this.#settle());
  }

  #settle() {
    if (!this.#frame) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.panel.fit();
    if (this.view === "picture") this.#follow();
    // Once this step is painted, there is time for the next.
    requestAnimationFrame(() => setTimeout(() => {
      this.panel.prepare(inFull(this.data.steps[this.step]));
      this.#changes(this.step, this.step + 1);
    }));
  }

  #follow() {
    this.stage.follow(nodesInUse(this.data, this.step));
  }

  /** @param {number} step */
  jump(step) {
    this.clock.play(false);
    this.goTo(this.#stops && step > 0 ? this.after(step - 1) : step);
  }

  // ------------------------------------------------------------------------------------------- nodes

  /** The node that an element belongs to. @param {Element | null} element */
  nodeOf(element, by = 0) {
    const group = element?.closest("[data-node]");
    return this.data.nodes[this.data.nodes.findIndex((node) => group && this.picture.node(node.name)?.group === group) + by];
  }

  /** @param {Element | null} place */
  visit(place) {
    const node = this.nodeOf(place);
    if (node) this.jump(stepOfNode(this.data.steps, node.name, this.step, node.at));
  }

  /** @param {Element | null} place @param {number} direction */
  focusNode(place, direction) {
    const node = this.nodeOf(place, direction);
    if (node) this.stage.focus(node.name);
  }

  // ------------------------------------------------------------------------------------- the other views

  /** @param {string} view "picture", "table" or "help" */
  setView(view) {
    const { data, root, words } = this;
    this.view = view;
    this.#otherView?.remove();
    this.#table = view === "table" ? new Table(data, words) : null;
    this.#table?.show([...data.nodes, ...data.memory ?? []], this.step);
    this.#otherView = this.#table?.element ?? (view === "help" ? helpView(words, this.#missing) : null);
    if (this.#otherView) this.views.prepend(this.#otherView);
    setAttribute(root, "data-view", view);
    for (const name of ["table", "help"]) this.toolbar.press(name, view === name);
    this.clock.mark();
    if (view === "picture") this.#settleLater();
  }

  /** Actions for which there is nothing here. */
  get #missing() {
    const { cells, iterations, nodes } = this.data;
    return new Set([...LEVELS.filter((name) => !this.levels.offered.includes(name)),
      ...iterations ? [] : ["nextIteration", "previousIteration"], ...cells ? [] : ["cellAfter", "cellBefore"],
      ...nodes.some((node) => node.fold) ? [] : ["fold"]]);
  }

  resized() {
    this.stage.measure();
    this.stage.fit(this.screen.projected);
    if (this.#shown >= 0) this.#follow();
  }

  /** Whether there is anything that Esc would close. */
  get canClose() {
    return this.prediction.open || this.lens.cell || this.view !== "picture" || this.screen.projected || this.screen.blank;
  }

  close() {
    if (this.prediction.open) this.prediction.cancel();
    else if (this.lens.cell) this.lens.close();
    else if (this.view !== "picture") this.setView("picture");
    else if (this.screen.projected) this.screen.project(false);
  }

  destroy() {
    this.clock.play(false);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#abort.abort();
    this.root.replaceChildren();
    for (const { name } of [...this.root.attributes]) if (name.startsWith("data-")) this.root.removeAttribute(name);
  }
}
