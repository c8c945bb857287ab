// @ts-check
/** The player as an anywidget. Only the widget needs this; a page does without it. */

import { followAround, themeAround } from "./around.js";
import { mount } from "./widget.js";

/**
 * For anywidget: the same player, linked to Python by the traits of live.py.
 * @param {{model: any, el: HTMLElement}} widget
 */
function render({ model, el }) {
  const root = document.createElement("div");
  el.append(root);
  const player = mount(root, model.get("data"), {
    live: true, guardKeys: true, step: model.get("step"),
    theme: themeAround(),
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
  const stopFollowing = followAround(player.follow);
  return () => {
    stopFollowing();
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
    player.destroy();
  };
}

export default { render };
