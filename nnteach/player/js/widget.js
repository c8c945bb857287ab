// @ts-check
/** How a player is started in a page; live.js makes an anywidget of it. */
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
    /** The theme of the page around. @param {string} theme */
    follow: (theme) => player.screen.follow(theme),
    destroy: () => player.destroy(),
  };
}
