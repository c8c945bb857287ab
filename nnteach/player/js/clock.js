// @ts-check
/** The clock: plays step after step, at the speed that is chosen. */
/** @import { Player } from "./player.js" */

import { setAttribute } from "./elements.js";

export class Clock {
  #timer = 0;

  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.speed = player.options.stepsPerSecond ?? 1;
  }

  get runs() {
    return this.#timer !== 0;
  }

  /** @param {boolean} on */
  play(on) {
    const { player } = this;
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (on && player.step === player.data.steps.length) player.goTo(0);
    if (on) this.#timer = window.setTimeout(() => this.#tick(), 1000 / this.speed);
    player.toolbar.name("play", on ? "pause" : "play");
  }

  #tick() {
    const { player } = this;
    if (player.prediction.question) return player.prediction.next();
    player.goTo(player.after(player.step));
    this.play(player.step < player.data.steps.length);
  }

  /** @param {number} speed in steps a second */
  setSpeed(speed) {
    this.speed = speed;
    this.mark();
    if (this.runs) this.play(true);
  }

  /** Mark the button of the speed, where it is shown. */
  mark() {
    for (const button of this.player.views.querySelectorAll("[data-speed]")) {
      setAttribute(button, "aria-pressed", Number(button.getAttribute("data-speed")) === this.speed);
    }
  }
}
