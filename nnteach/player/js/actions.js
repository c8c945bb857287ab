// @ts-check
/** What every key and button does, by the name of its action, and what the player listens to. */
/** @import { Player } from "./player.js" */

import { cellUnder } from "./cells.js";
import { fold, folds } from "./fold.js";
import { inNumber, keyAction, placeOf } from "./keys.js";
import { nextPhase, previousPhase } from "./lookup.js";
import { tell } from "./screen.js";
import { LEVELS } from "./views.js";

/** Do what a key or a button asks for. @param {Player} player @param {string} action @param {Element | null} place where it was asked */
export function act(player, action, place = null) {
  const { clock, lens, screen, step, view, prediction, data: { steps, iterations = [] } } = player;
  /** @type {Record<string, () => void>} */
  const actions = {
    first: () => player.jump(0),
    previous: () => player.jump(player.before(step)),
    next: () => prediction.next(),
    predict: () => prediction.want(),
    answer: () => prediction.typed(),
    download: () => prediction.download(),
    last: () => player.jump(steps.length),
    nextPhase: () => player.jump(nextPhase(steps, step)),
    previousPhase: () => player.jump(previousPhase(steps, step)),
    nextIteration: () => player.jump(iterations.find((first) => first > step) ?? steps.length),
    previousIteration: () => player.jump(iterations.findLast((first) => first < step) ?? 0),
    grain: () => player.changeGrain(),
    cellAfter: () => lens.move(place, 1),
    cellBefore: () => lens.move(place, -1),
    closeCell: () => lens.close(),
    fold: () => fold(player, place),
    visit: () => prediction.pick(player.nodeOf(place)) || (folds(player, place) ? fold(player, place) : player.visit(place)),
    nodeAfter: () => player.focusNode(place, 1),
    nodeBefore: () => player.focusNode(place, -1),
    play: () => clock.play(!clock.runs),
    table: () => player.setView(view === "table" ? "picture" : "table"),
    help: () => player.setView(view === "help" ? "picture" : "help"),
    ...Object.fromEntries(LEVELS.map((name) => [name, () => player.setLevel(name)])),
    theme: () => screen.setTheme(),
    fullscreen: () => screen.project(),
    blank: () => { screen.blank = !screen.blank; },
    close: () => player.close(),
  };
  if (action !== "blank") screen.blank = false;
  actions[action]?.();
}

/** Listen to everything that the player reacts to, until the signal. @param {Player} player @param {AbortSignal} signal */
export function listen(player, signal) {
  const { root, options: { guardKeys = false, wholePage }, toolbar: { slider } } = player;
  // JupyterLab reads plain keys as commands, at the document: there the player must be asked before it.
  const keys = guardKeys ? window : wholePage ? document : root;
  const onKeyDown = (/** @type {any} */ event) => onKey(player, event);
  root.addEventListener("beforeinput", (event) => beforeInput(player, event), { signal });
  keys.addEventListener("keydown", onKeyDown, { signal, capture: guardKeys });
  root.addEventListener("click", (event) => onClick(player, event), { signal });
  root.addEventListener("pointerover", (event) => player.picture.hint(player.nodeOf(/** @type {any} */ (event.target))), { signal });
  root.addEventListener("mousedown", (event) => onMouseDown(player, event), { signal });
  slider.addEventListener("input", () => player.jump(Number(slider.value)), { signal });
  document.addEventListener("visibilitychange", () => document.hidden && player.clock.play(false), { signal });
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && player.screen.projected) player.screen.project(false);
  }, { signal });
  const observer = new ResizeObserver(() => player.resized());
  observer.observe(player.stage.element);
  signal.addEventListener("abort", () => observer.disconnect());
}

/** @param {Player} player @param {KeyboardEvent} event */
function onKey(player, event) {
  const { options: { guardKeys }, root, step, data } = player;
  const target = /** @type {Element} */ (event.composedPath()[0]);
  if (guardKeys && !root.contains(target)) return;
  const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
  if (guardKeys && plain && !/Tab|Esc/.test(event.key)) event.stopPropagation();
  const action = event.isComposing ? null : keyAction(event, player.screen.blank ? "" : placeOf(target));
  if (action === null || (action === "close" && !player.canClose)) return;
  event.preventDefault();
  // Where a clicker finds no more steps, it turns the page round the player; F2 begins or ends a lecture.
  const method = { F2: action, PageDown: step === data.steps.length && "next", PageUp: !step && "prev" }[event.key];
  if (method) tell(method);
  act(player, action, target);
}

/** A letter that no number has in it does not get into a field, by whatever keyboard. @param {Player} player @param {any} event */
function beforeInput({ inputs, prediction }, event) {
  const { data, target } = event;
  if (data?.length !== 1 || inNumber(data)) return;
  event.preventDefault();
  if (target.dataset.input) inputs.refuse(target.dataset.input, data);
  else prediction.refuse(data);
}

/** @param {Player} player @param {any} event */
function onClick(player, event) {
  const { target } = event;
  const button = target.closest("[data-action], [data-goto], [data-speed], [data-node], [data-guess]");
  if (!button) return;
  const { action, goto, speed, guess, how } = button.dataset;
  if (action) act(player, action, target);
  else if (goto) player.jump(Number(goto));
  else if (speed) player.clock.setSpeed(Number(speed));
  else if (guess) player.prediction.answer(guess, how);
  else {
    const name = player.nodeOf(target)?.name ?? "";
    const cell = player.prediction.open ? null : cellUnder(player.data, name, target, event, player.step);
    if (cell === null) act(player, "visit", target);
    else player.lens.show(name, cell);
  }
}

/** After a click the keys still belong to the player: Space plays, it does not press the same button again. @param {Player} player @param {any} event */
function onMouseDown({ root }, event) {
  if (!event.target.closest("button, [data-node]")) return;
  event.preventDefault();
  root.focus({ preventScroll: true });
}
