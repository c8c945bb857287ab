// @ts-check
/** How the player stands on the screen: light or dark, in its place or over everything. */
/** @import { Player } from "./player.js" */

import { setAttribute } from "./elements.js";

const THEMES = ["auto", "light", "dark"];

/** Tell the page around: nnteach's lectures and reveal.js understand the message, whose origin a sandboxed frame cannot know. @param {string} method */
export const tell = (method) => parent.postMessage(JSON.stringify({ method }), "*");

export class Screen {
  #theme = "auto";
  #around = "auto";

  /** @param {Player} player */
  constructor(player) {
    this.player = player;
  }

  /** The given theme, or the next in turn. @param {string} theme */
  setTheme(theme = THEMES[(THEMES.indexOf(this.#theme) + 1) % THEMES.length]) {
    const { root, toolbar, words } = this.player;
    this.#theme = theme;
    const shown = theme === "auto" ? this.#around : theme;
    setAttribute(root, "data-theme", shown === "auto" ? null : shown);
    toolbar.name("theme", theme, `${words.theme}: ${words[theme]}`);
  }

  /** The theme of the page around, which counts unless another was chosen here. @param {string} theme */
  follow(theme) {
    this.#around = theme;
    this.setTheme(this.#theme);
  }

  get projected() {
    return this.player.root.hasAttribute("data-projector");
  }

  /** Large, on the whole screen; where that is refused, over the whole page. @param {boolean} on */
  async project(on = !this.projected) {
    const { player, player: { root } } = this;
    setAttribute(root, "data-projector", on ? "" : null);
    player.toolbar.press("fullscreen", on);
    player.resized();
    if (player.prediction.open) player.prediction.focus();  // the field is there or not
    try {
      if (on) await root.requestFullscreen();
      else if (document.fullscreenElement) await document.exitFullscreen();
    } catch {
      // Refused, as in some notebooks: the style sheet's overlay stands already.
    }
  }

  get blank() {
    return this.player.root.hasAttribute("data-blank");
  }

  set blank(on) {
    if (on !== this.blank) tell(on ? "blank" : "show");
    setAttribute(this.player.root, "data-blank", on ? "" : null);
  }
}
