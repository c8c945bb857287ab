// @ts-check
/** The stage: the window through which the picture is seen, as large as it must be, scrolled to where things happen. */
/** @import { Data, Words } from "./message.js" */
/** @import { Picture } from "./picture.js" */

import { html } from "./elements.js";
import { pictureScale, scrollToShow } from "./lookup.js";
import { Overview } from "./overview.js";
import { inFull } from "./unpack.js";

const SMALLEST_HEIGHT = 420;
const LARGEST_HEIGHT = 720;
const ROOM_FOR_BARS = 190;
const ROOM_FOR_CURVE = 150;

/**
 * A natural height for the player in px: for the picture, the bars, and a panel with the lines of a backward step.
 * @param {Pick<Data, "steps" | "curve">} data
 */
export function naturalHeight(data, pictureHeight = 0) {
  const panel = data.steps.findLast((step) => inFull(step).ledger) ? 600 : SMALLEST_HEIGHT;
  const curve = data.curve ? ROOM_FOR_CURVE : 0;
  return Math.min(LARGEST_HEIGHT, Math.max(panel, Math.ceil(pictureHeight) + ROOM_FOR_BARS + curve));
}

export class Stage {
  #scale = 1;
  #room = { width: 0, height: 0 };  // of the window, in px of the screen, measured only when it can have changed
  /** @type {Element | null} */
  #tabStop = null;
  /** @type {Overview | null} */
  #overview = null;

  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    this.canvas = html("div", { class: "nn-canvas" });
    this.element = html("div", { class: "nn-stage", tabindex: "-1" }, this.canvas);
    this.element.addEventListener("scroll", () => this.#draw(), { passive: true });
  }

  /** @param {Data} data @param {Picture} picture */
  present(data, picture) {
    this.picture = picture;
    this.canvas.replaceChildren(picture.svg ?? html("p", { role: "alert" }, this.words.damaged));
    this.#overview?.element.remove();
    this.#overview = Overview.isNeeded(data) ? new Overview(picture, this.element, this.words) : null;
    if (this.#overview) this.element.before(this.#overview.element);
  }

  /** Ask how large the window is, which takes a layout. */
  measure() {
    this.#room = { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  /** @param {boolean} projected */
  fit(projected) {
    const { picture } = this;
    if (!picture?.svg) return;
    this.#scale = pictureScale(picture.size, this.#room, projected);
    for (const name of /** @type {["width", "height"]} */ (["width", "height"])) picture.svg.style[name] = `${picture.size[name] * this.#scale}px`;
  }

  /** The Tab key stops at one node only, the current one; ↑ and ↓ lead to the others. @param {string} name */
  moveTabStop(name) {
    const next = this.picture?.node(name)?.group ?? null;
    if (next === this.#tabStop) return;
    this.#tabStop?.setAttribute("tabindex", "-1");
    next?.setAttribute("tabindex", "0");
    this.#tabStop = next;
  }

  /** Bring the focus to a node, which must be drawn before it can have it. @param {string} name */
  focus(name) {
    this.reveal([name]);
    this.picture?.node(name)?.group.focus({ preventScroll: true });
  }

  /** Scroll the picture, and never the page, so that what happens is seen. @param {string[]} names the nodes it happens at */
  follow(names) {
    this.reveal(names);
    this.#overview?.show(names);
  }

  /** @param {string[]} names if they do not fit together, the first counts */
  reveal(names) {
    const { picture, element } = this;
    const { width, height } = this.#room;
    if (!width) return;  // not seen yet: whoever measures the window reveals them
    const scale = this.#scale;
    const whole = picture?.around(names) ?? { left: 0, right: 0, top: 0, bottom: 0 };
    const fits = (whole.right - whole.left) * scale + 48 <= width && (whole.bottom - whole.top) * scale + 48 <= height;
    const box = fits ? whole : picture?.around(names.slice(0, 1)) ?? whole;
    const [x, y] = this.#margins;
    element.scrollTo(scrollToShow(element.scrollLeft, width, x + box.left * scale, x + box.right * scale),
      scrollToShow(element.scrollTop, height, y + box.top * scale, y + box.bottom * scale));
    this.#draw();
  }

  /** How far a picture that is smaller than the window stands from its edges; computed, as asking the browser takes a layout. */
  get #margins() {
    const { width, height } = this.picture?.size ?? this.#room;
    return [this.#room.width - width * this.#scale, this.#room.height - height * this.#scale].map((rest) => Math.max(0, rest / 2));
  }

  /** Draw what is seen of the picture, and mark it in the overview. */
  #draw() {
    const { element, picture } = this;
    if (!picture?.runs.length) return;
    const { scrollLeft, scrollTop } = element;
    const { width, height } = this.#room;
    const [left, top, right, bottom] = [scrollLeft, scrollTop, scrollLeft + width, scrollTop + height].map((length) => length / this.#scale);
    picture.draw({ left, top, right, bottom });
    this.#overview?.follow({ left, top, right, bottom });
  }
}
