// @ts-check
/** Looking things up: plain functions of the message and the step, tested without a browser. */
/** @import { Data, NodeData, EdgeData, StepData } from "./message.js" */

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

/** @type {WeakMap<object, Map<number, any[]>>} */
const CHANGES = new WeakMap();
/** @type {WeakMap<object, Map<number, any[]>>} */
const IN_USE = new WeakMap();

/**
 * The items that have something to do with a step: listed for all steps at once, so that no step costs a look at all items.
 * @template {{timeline: [number, ...any[]][]}} Item
 * @param {WeakMap<object, Map<number, any[]>>} known
 * @param {Item[]} items @param {number} step
 * @param {(item: Item) => number[]} stepsOf
 * @returns {Item[]}
 */
function itemsAt(known, items, step, stepsOf) {
  let lists = known.get(items);
  if (!lists) {
    known.set(items, lists = new Map());
    for (const item of items) {
      for (const one of stepsOf(item)) lists.set(one, lists.get(one) ?? []).get(one)?.push(item);
    }
  }
  return lists.get(step) ?? [];
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
  if (Math.abs(to - from) === 1) {
    return itemsAt(CHANGES, items, Math.max(from, to), ({ timeline }) => timeline.map(([start]) => start));
  }
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

/** The iteration of a training run that a step belongs to. @param {number[]} starts @param {number} step */
export const iterationAt = (starts, step) => Math.max(1, starts.filter((first) => first <= step).length);

/**
 * The steps that show a node at a time: all but those of the way back after which a node still waits for more.
 * @param {{phase: string, node: string}[]} steps
 * @returns {number[]} in order
 */
export function nodeStops(steps) {
  const waiting = new Set();
  const stops = [];
  for (let step = steps.length; step > 0; step -= 1) {
    const { phase, node } = steps[step - 1];
    if (phase !== "backward") waiting.clear();
    if (phase !== "backward" || !waiting.has(node)) stops.unshift(step);
    waiting.add(node);
  }
  return stops;
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
  const stepsInUse = (/** @type {{timeline: [number, ...any[]][]}} */ { timeline }) => timeline.flatMap(([start, state], index) => {
    const end = timeline[index + 1]?.[0] ?? data.steps.length + 1;
    return state === "now" ? Array.from({ length: end - start }, (_, after) => start + after) : [];
  });
  const ends = itemsAt(IN_USE, data.edges, step, stepsInUse).flatMap((edge) => [edge.parent, edge.child]);
  return [...new Set([...itemsAt(IN_USE, data.nodes, step, stepsInUse).map((node) => node.name), ...ends])];
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
 * How much a picture is enlarged. In a window hardly smaller than the picture it shrinks a little, and is seen as a whole.
 * For a projector it grows as far as it fits; one that does not fit is shown in part, with numbers of 20 px. On a small
 * screen they may have 16 px, and 14 where the whole picture then fits. In the picture itself they have 16 px.
 * @param {{width: number, height: number}} picture
 * @param {{width: number, height: number}} room
 * @param {boolean} projected
 */
export function pictureScale(picture, room, projected) {
  const fitting = Math.min(room.width / picture.width, room.height / picture.height, projected ? 3 : 1);
  const [whole, part] = projected ? room.width < 1000 ? [14 / 16, 1] : [20 / 16, 20 / 16] : [0.85, 1];
  return fitting >= whole ? fitting : part;
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
