// @ts-check
// Lecture mode: one idea of the lesson at a time, large, to the end and on into the next lesson.
// F2 or the button begins and ends it; PageDown, PageUp and the arrows turn the page, as a clicker does.

import { BACK, FORWARD, button, ideasOf, makeBar, onHandedOn } from "./bar.js";

const sections = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("main > section")]);
const next = /** @type {HTMLAnchorElement | null} */ (document.querySelector('a[rel="next"]'));
const ideaOf = ideasOf(sections.map((section) => ({ prose: section.classList.contains("prose") })));
const last = ideaOf[ideaOf.length - 1];
let now = 0;

const enter = button("Lecture (F2)", begin);
document.querySelector("header")?.insertBefore(enter, document.getElementById("theme"));

const { bar, place } = makeBar(turn, end);
// Where the lesson's own heading is not on the page, a screen reader still finds one.
const heading = document.createElement("h1");
heading.className = "unseen";
heading.textContent = document.querySelector("main h1")?.textContent ?? document.title;
bar.prepend(heading);

function running() {
  return "lecture" in document.documentElement.dataset;
}

function begin() {
  document.documentElement.dataset.lecture = "";
  document.querySelector("main")?.append(bar);
  document.documentElement.requestFullscreen?.().catch(() => {});  // a browser may refuse; the page is large anyway
  show();
}

function end() {
  delete document.documentElement.dataset.lecture;
  bar.remove();
  for (const section of sections) section.hidden = false;
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  enter.focus();
}

/** @param {number} by */
function turn(by) {
  if (now + by > last && next) location.href = `${next.href}#lecture`;
  now = Math.min(Math.max(now + by, 0), last);
  show();
}

function show() {
  sections.forEach((section, i) => { section.hidden = ideaOf[i] !== now; });
  heading.hidden = now === 0;
  place.textContent = `${now + 1} of ${last + 1}`;
  scrollTo(0, 0);
}

function toggle() {
  running() ? end() : begin();
}

onHandedOn((method) => {
  if (method === "lecture") toggle();
  else if (running()) turn(method === "next" ? 1 : -1);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "F2") toggle();
  else if (!running() || (event.key === " " && event.target instanceof HTMLButtonElement)) return;
  else if (FORWARD.includes(event.key)) turn(1);
  else if (BACK.includes(event.key)) turn(-1);
  else return;
  event.preventDefault();
});

if (location.hash === "#lecture") begin();
