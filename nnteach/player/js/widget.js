// @ts-check
/** How a player is started: in a page, or as an anywidget. */
/** @import { Data, Options } from "./message.js" */

import { Player } from "./player.js";

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
    showTrouble: (text) => player.inputs.showTrouble(text),
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
