// @ts-check
// The playground's picture: asks Python for one frame after another while Play is on, and draws what comes.
// Maps arrive as bytes, one for each place of a square: 0 is −1, 255 is 1; the first row is the lowest.

const INK = "#16181d", QUIET = "#5c6370", LINE = "#c9ccd3";
const BLUE = [0, 103, 165], ORANGE = [179, 71, 0];
const WIDTH = 1440, HEIGHT = 600, BOX = 62, FONT = "18px 'DejaVu Sans', sans-serif";
const AHEAD = 4;  // frames asked for at a time
const REGION = { x: 730, y: 50, side: 450 }, CURVE = { x: 1250, y: 50, width: 160, height: 450 };

/**
 * @typedef {{x: number, y: number}} Place
 * @typedef {{layers: number[], weights: number[][][], features: string[], featureMaps: Uint8Array[], maps: Uint8Array[],
 *            side: number, points: [number, number, number, boolean][], reach: number, losses: [number, number][],
 *            caption: string, say: string, steps: number}} State  what is drawn
 */

/** The colour of a value from −1 to 1: from orange over white to blue. @param {number} value */
export function colour(value) {
  const end = value < 0 ? ORANGE : BLUE, share = Math.min(1, Math.abs(value));
  return end.map((channel) => Math.round(255 + (channel - 255) * share));
}

/** The places of a layer's boxes, their middles, from above. @param {number} count @param {number} x */
export function column(count, x) {
  const gap = Math.min(100, 520 / count);
  return Array.from({ length: count }, (_, i) => ({ x, y: 280 + gap * (i - (count - 1) / 2) }));
}

/** @param {HTMLCanvasElement} canvas */
const contextOf = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/** A map as a small picture. @param {Uint8Array} bytes @param {number} side @param {number} strength */
function picture(bytes, side, strength) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = contextOf(canvas), image = context.createImageData(side, side);
  for (let place = 0; place < side * side; place++) {
    const row = side - 1 - Math.floor(place / side), at = 4 * (row * side + (place % side));
    const [r, g, b] = colour(((bytes[place] - 127.5) / 127.5) * strength);
    image.data.set([r, g, b, 255], at);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/**
 * One line per weight, as thick as it is large; negative ones are orange and dashed.
 * @param {CanvasRenderingContext2D} context @param {Place[]} left @param {Place[]} right @param {number[][]} weights
 */
function drawEdges(context, left, right, weights) {
  right.forEach((to, i) => left.forEach((from, j) => {
    const weight = weights[i][j];
    context.strokeStyle = `rgb(${weight < 0 ? ORANGE : BLUE})`;
    context.lineWidth = Math.min(12, 0.8 + 3 * Math.abs(weight));
    context.setLineDash(weight < 0 ? [14, 6] : []);
    context.beginPath();
    context.moveTo(from.x + BOX / 2, from.y);
    context.lineTo(to.x - BOX / 2, to.y);
    context.stroke();
  }));
  context.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} context @param {State} state */
function drawNetwork(context, state) {
  const sizes = state.layers.slice(0, -1), last = Math.max(1, sizes.length - 1);
  const columns = sizes.map((count, i) => column(count, 130 + (440 * i) / last));
  columns.forEach((places, i) => {
    const next = columns[i + 1] ?? [{ x: REGION.x + BOX / 2, y: 280 }];
    drawEdges(context, places, next, state.weights[i]);
  });
  let number = 0;
  columns.forEach((places, layer) => places.forEach(({ x, y }, i) => {
    const map = layer === 0 ? state.featureMaps[i] : state.maps[number++];
    context.drawImage(picture(map, state.side, 1), x - BOX / 2, y - BOX / 2, BOX, BOX);
    context.strokeStyle = INK;
    context.lineWidth = 1.2;
    context.strokeRect(x - BOX / 2, y - BOX / 2, BOX, BOX);
    if (layer === 0) write(context, state.features[i], x - BOX / 2 - 10, y + 6, INK, "right");
  }));
}

/**
 * @param {CanvasRenderingContext2D} context @param {string} text @param {number} x @param {number} y @param {string} fill
 * @param {CanvasTextAlign} align
 */
function write(context, text, x, y, fill, align = "left") {
  context.fillStyle = fill;
  context.textAlign = align;
  context.fillText(text, x, y);
}

/** @param {CanvasRenderingContext2D} context @param {State} state */
function drawRegion(context, state) {
  const { x, y, side } = REGION;
  context.drawImage(picture(state.maps[state.maps.length - 1], state.side, 0.78), x, y, side, side);
  for (const [px, py, label, kept] of state.points) {
    const cx = x + (side * (px + state.reach)) / (2 * state.reach), cy = y + (side * (state.reach - py)) / (2 * state.reach);
    if (cx < x || cx > x + side || cy < y || cy > y + side) continue;
    context.beginPath();
    if (label) context.arc(cx, cy, 5, 0, 2 * Math.PI);
    else context.rect(cx - 4.5, cy - 4.5, 9, 9);
    const own = `rgb(${label ? BLUE : ORANGE})`;
    context.fillStyle = kept ? "white" : own;
    context.strokeStyle = kept ? own : "white";
    context.lineWidth = kept ? 2 : 1;
    context.fill();
    context.stroke();
  }
  write(context, "blue or orange? (hollow: kept back)", x, y - 16, INK);
}

/** @param {CanvasRenderingContext2D} context @param {[number, number][]} losses of training and validation */
function drawLosses(context, losses) {
  const { x, y, width, height } = CURVE;
  const top = Math.max(0.8, ...losses.flat()) * 1.05, across = Math.max(20, losses.length - 1);
  context.strokeStyle = QUIET;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x, y + height);
  context.lineTo(x + width, y + height);
  context.stroke();
  /** @type {[0 | 1, string, number[]][]} */
  const curves = [[0, INK, []], [1, `rgb(${ORANGE})`, [8, 4]]];
  curves.forEach(([which, stroke, dashes]) => {
    context.strokeStyle = stroke;
    context.lineWidth = 3;
    context.setLineDash(dashes);
    context.beginPath();
    losses.forEach((pair, i) => context.lineTo(x + (width * i) / across, y + height * (1 - pair[which] / top)));
    context.stroke();
  });
  context.setLineDash([]);
  write(context, "loss", x, y - 16, INK);
  write(context, "training", x + width, y + 18, INK, "right");
  write(context, "- - validation", x + width, y + 42, `rgb(${ORANGE})`, "right");
  write(context, top.toFixed(1), x - 8, y + 14, QUIET, "right");
  write(context, "0", x - 8, y + height, QUIET, "right");
  write(context, `${losses.length - 1} frames`, x + width, y + height + 26, QUIET, "right");
}

/** @param {HTMLCanvasElement} canvas @param {State} state */
function draw(canvas, state) {
  const context = contextOf(canvas);
  context.fillStyle = "white";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.font = FONT;
  drawNetwork(context, state);
  drawRegion(context, state);
  drawLosses(context, state.losses);
  write(context, state.caption, 40, HEIGHT - 24, QUIET);
}

/** The bytes of several maps, cut apart. @param {DataView} view @param {number} side */
function cut(view, side) {
  const count = view.byteLength / (side * side);
  return Array.from({ length: count }, (_, i) => new Uint8Array(view.buffer, view.byteOffset + i * side * side, side * side));
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag @param {Tag} tag @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {...(Node | string)} children
 */
function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export default {
  /** @param {{ model: any, el: HTMLElement }} view */
  render({ model, el }) {
    const canvas = element("canvas", { width: WIDTH, height: HEIGHT });
    canvas.setAttribute("role", "img");
    const toggle = element("button", { type: "button", textContent: "▶ Play" });
    const step = element("button", { type: "button", textContent: "One frame" });
    const again = element("button", { type: "button", textContent: "Start again" });
    const say = element("span", { className: "nnteach-playground-say" });
    say.setAttribute("aria-live", "polite");
    const bar = element("div", { className: "nnteach-playground-bar" }, toggle, step, again, say);
    el.append(element("div", { className: "nnteach-playground" }, bar, canvas));
    /** @type {State | null} */
    let state = null;
    /** @type {{message: any, buffers: DataView[]}[]} */
    let queue = [];
    let playing = false, expected = 0, since = 0, frames = 0;

    const ask = (/** @type {string} */ kind, count = 1) => {
      if (kind === "frame") expected += count;
      model.send({ kind, count });
    };
    const play = (/** @type {boolean} */ on) => {
      if (on && !playing) requestAnimationFrame(tick);
      playing = on;
      say.setAttribute("aria-live", on ? "off" : "polite");  // nobody can listen to 20 sentences a second
      toggle.textContent = on ? "❚❚ Pause" : "▶ Play";
      [since, frames] = [performance.now(), 0];
    };
    // Some frames are on their way while others are drawn, so that neither side waits for the other.
    const tick = () => {
      const next = queue.shift();
      if (next) show(next);
      if (playing && expected + queue.length < AHEAD) ask("frame", AHEAD);
      if (playing || queue.length) requestAnimationFrame(tick);
    };
    const show = (/** @type {(typeof queue)[0]} */ { message, buffers }) => {
      /** @type {State} */
      const shown = message.kind === "state" ? { ...message, featureMaps: cut(buffers[1], message.side) }
        : { ...state, ...message, losses: [...state?.losses ?? [], message.loss] };
      shown.maps = cut(buffers[0], shown.side);
      state = shown;
      draw(canvas, shown);
      say.textContent = message.say;
      canvas.setAttribute("aria-label", message.say);
      el.dataset.steps = String(message.steps);
      frames += 1;
      el.dataset.fps = ((1000 * frames) / (performance.now() - since)).toFixed(1);
    };
    const receive = (/** @type {any} */ message, /** @type {DataView[]} */ buffers) => {
      if (message.kind === "frame") expected -= 1;
      if (message.kind === "state") queue = [];
      else if (!state) return;
      queue.push({ message, buffers });
      if (!playing) tick();
    };
    model.on("msg:custom", receive);
    toggle.addEventListener("click", () => play(!playing));
    step.addEventListener("click", () => { play(false); ask("frame"); });
    again.addEventListener("click", () => { play(false); ask("again"); });
    ask("state");
    return () => { playing = false; model.off("msg:custom", receive); };
  },
};
