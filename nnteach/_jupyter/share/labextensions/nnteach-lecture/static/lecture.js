// @ts-check
// Lecture mode in JupyterLab: F2 fills the window with the notebook, one idea at a time, and at its end opens the next
// lesson of the course page. PageDown, PageUp and the arrows turn the page, as a clicker does; Shift+Enter runs a cell
// and stays; b and the point turn the wall black. No other key does anything to the notebook, as JupyterLab's would: it
// hears of none but those that are typed in a field.

import { ideasOf, keyIn, makeBar, onHandedOn } from "./bar.js";

const CLASS = "nnteach-lecture";
const EDITED = ".jp-InputArea-editor, .jp-OutputArea-output, a, button, input, label, summary";  // else a click is for nothing
const COURSE_PAGE = /^course(-\d{3})?\.md$/;

/** The notebook that follows `path` among the links of the course page; null if none does, or `path` is not there.
 * @param {string} page Markdown @param {string} path */
function following(page, path) {
  const links = [...page.matchAll(/^- .*?\]\((notebooks\/[^)#]+\.ipynb)\)/gm)].map((match) => match[1]);
  return (links.includes(path) && links[links.indexOf(path) + 1]) || null;
}

/** One lecture: a notebook panel that fills the window, and where in it we are. */
class Lecture {
  end = () => this.stop();
  keys = (/** @type {KeyboardEvent} */ event) => this.onKey(event);
  mouse = (/** @type {Event} */ event) => this.onMouse(event);
  stay = () => this.onActiveCell();

  /** @param {any} app @param {any} panel of the notebook @param {(panel: any) => void} ended told the panel of the next lecture */
  constructor(app, panel, ended) {
    this.app = app;
    this.panel = panel;
    this.ended = ended;
    this.notebook = panel.content;
    this.config = this.notebook.notebookConfig;
    if (this.config.windowingMode === "full")  // it knows nothing of cells that are away, and leaves others out
      this.notebook.notebookConfig = { ...this.config, windowingMode: "none" };
    this.ideas = ideasOf(this.notebook.widgets.map((/** @type {any} */ cell) => ({
      prose: cell.model.type === "markdown", hidden: (cell.model.getMetadata("tags") ?? []).includes("colab") })));
    this.last = Math.max(...this.ideas);
    this.now = Math.max(this.ideas[this.notebook.activeCellIndex] ?? 0, 0);
    panel.node.classList.add(CLASS);
    document.body.dataset.nnteachLecture = "";
    const { bar, place, blank } = makeBar((by) => this.turn(by), this.end);
    this.bar = bar;
    this.place = place;
    this.blank = blank;
    document.body.append(bar);
    this.listen((target, ...listener) => target.addEventListener(...listener));
    panel.disposed.connect(this.end);
    this.notebook.activeCellChanged.connect(this.stay);
    this.show();
  }

  /** Before JupyterLab, which listens at the document.
   * @param {(target: Window, type: string, listener: any, capture: true) => void} how to begin, or to end */
  listen(how) {
    how(window, "keydown", this.keys, true);
    for (const type of ["mousedown", "dblclick", "focusin"]) how(window, type, this.mouse, true);
  }

  show() {
    this.notebook.widgets.forEach((/** @type {any} */ cell, /** @type {number} */ i) =>
      cell.node.classList.toggle("nnteach-away", this.ideas[i] !== this.now));
    this.select(0);
    this.place.textContent = `${this.now + 1} of ${this.last + 1}`;
    this.notebook.node.querySelector(".jp-WindowedPanel-outer")?.scrollTo(0, 0);
  }

  /** Make a code cell of this idea the active one, so that Shift+Enter runs what is in sight.
   * @param {number} after a cell's number; the first code cell behind it */
  select(after) {
    const inSight = this.ideas.flatMap((idea, i) => (idea === this.now ? [i] : []));
    const code = inSight.filter((i) => this.notebook.widgets[i].model.type === "code");
    this.notebook.mode = "command";
    this.notebook.deselectAll();
    this.notebook.activeCellIndex = code.find((i) => i >= after) ?? code.at(-1) ?? inSight[0];
    this.notebook.node.focus({ preventScroll: true });
  }

  /** @param {number} by */
  async turn(by) {
    const next = this.now + by;
    if (next > this.last) return this.goOn();
    this.now = Math.max(next, 0);
    this.show();
  }

  /** Into the next lesson. At the end of the course the last idea stays. */
  async goOn() {
    const path = await nextLesson(this.app, this.panel.context.path);
    if (!path) return;
    const panel = await this.app.commands.execute("docmanager:open", { path });
    await panel.context.ready;
    await panel.revealed;
    this.stop(false);
    panel.content.activeCellIndex = 0;
    this.ended(panel);
  }

  /** Run the active cell and make the next one of this idea active; what it gives stays in sight. */
  run() {
    const at = this.notebook.activeCellIndex;
    this.app.commands.execute("notebook:run-cell");
    this.select(at + 1);
  }

  /** @param {string} method what a key, or a player that has the keys, asks for */
  act(method) {
    this.blank(method === "blank" ? undefined : false);
    if (method === "lecture") this.stop();
    else if (method === "next") this.turn(1);
    else if (method === "prev") this.turn(-1);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { key, ctrlKey, altKey, metaKey, shiftKey } = event;
    if (event.target instanceof Element && event.target.closest("[data-nnteach-player]")) return;  // a live one hands on
    const modified = ctrlKey || altKey || metaKey;
    const runs = key === "Enter" && (modified || shiftKey);
    const does = keyIn(event);
    // Ctrl+S saves; Ctrl+Shift+− would cut a cell in two; the browser's own keys are not JupyterLab's either.
    if (!runs && (does === "own" ? !(modified && shiftKey && /[-_]/.test(key)) : modified && key === "s")) return;
    event.stopImmediatePropagation();
    if (!modified && !/^(F\d+|Esc.*|Shift)$/.test(key) || runs || does) event.preventDefault();
    if (runs) this.run();
    else if (does && does !== "own") this.act(does);
    else if (!/^(Shift|Control|Alt|Meta)/.test(key)) this.blank(false);
  }

  /** A click where nothing is to be edited or pressed, or the focus that comes with it: JupyterLab would put the cursor
   * into some cell, make the prose the active cell, or open it.
   * @param {Event} event */
  onMouse(event) {
    const { target } = event;
    if (!(target instanceof Element) || !this.panel.node.contains(target)) return;
    const prose = target.closest(".jp-MarkdownCell") && !target.closest("a, summary");
    if (!prose && target.closest(EDITED)) return;
    event.stopImmediatePropagation();
    if (event.type !== "mousedown") return;
    if (!prose) event.preventDefault();  // the browser itself would put the cursor into the nearest editor
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  /** The cursor leaves its cell at the end of it, by an arrow, for a cell that nobody sees. */
  onActiveCell() {
    const { activeCellIndex: at } = this.notebook;
    if (this.ideas[at] !== this.now) this.select(0);
  }

  /** @param {boolean} leave the lecture; otherwise it goes on in another notebook */
  stop(leave = true) {
    this.listen((target, ...listener) => target.removeEventListener(...listener));
    this.panel.disposed.disconnect(this.end);
    this.notebook.activeCellChanged.disconnect(this.stay);
    this.blank(false);
    this.bar.remove();
    this.panel.node.classList.remove(CLASS);
    delete document.body.dataset.nnteachLecture;
    if (!this.notebook.isDisposed) {
      for (const cell of this.notebook.widgets) cell.node.classList.remove("nnteach-away");
      if (this.notebook.notebookConfig !== this.config) this.notebook.notebookConfig = this.config;
    }
    if (!leave) return;
    this.ended(null);
    this.leave();
  }

  /** Out of full screen, and back to a notebook in its place. */
  async leave() {
    const { notebook, panel } = this;
    if (!panel.isDisposed) notebook.activate();  // the keys go to it, and no longer to a button that is gone
    if (document.fullscreenElement) await document.exitFullscreen().catch(() => {});
    if (panel.isDisposed) return;
    // What JupyterLab measured while the notebook filled the window, and its toolbar had no width, is measured anew.
    const resized = { type: "resize", width: -1, height: -1, isConflatable: false, conflate: () => false };
    for (const part of [panel.toolbar, notebook]) part.processMessage(resized);
    panel.fit();
    // What was on the wall last stays in sight: once the cells have their heights again, which comes bit by bit.
    for (let times = 0; times < 3 && !panel.isDisposed; times += 1) {
      await new Promise((done) => { setTimeout(done, 50 * times); });
      await notebook.scrollToItem(this.ideas.indexOf(this.now), "start").catch(() => {});
    }
  }
}

/** The lesson after `path` on the course page that `nnteach lab` opened, or on another one that lists it.
 * @param {any} app @param {string} path */
async function nextLesson(app, path) {
  const { contents } = app.serviceManager;
  const { content } = await contents.get("");
  const pages = content.map((/** @type {any} */ each) => each.name).filter((/** @type {string} */ name) =>
    COURSE_PAGE.test(name));
  const opened = sessionStorage.getItem("nnteach-course-page");
  for (const name of pages.includes(opened) ? [opened, ...pages] : pages) {
    const next = following((await contents.get(name)).content, path);
    if (next) return next;
  }
  return null;
}

/** Remember which course page JupyterLab was opened with: its lessons are what "next" means. */
function rememberCoursePage() {
  const name = location.pathname.split("/").pop() ?? "";
  if (COURSE_PAGE.test(name)) sessionStorage.setItem("nnteach-course-page", name);
}

/** @param {any} app JupyterLab */
function activate(app) {
  rememberCoursePage();
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("lecture.css", import.meta.url).href;
  document.head.append(style);
  /** @type {Lecture | null} */
  let lecture = null;
  const begin = (/** @type {any} */ panel) => { lecture = panel && new Lecture(app, panel, begin); };
  const isNotebook = () => app.shell.currentWidget?.content?.widgets && app.shell.currentWidget.context;
  app.commands.addCommand("nnteach:lecture", {
    label: "Lecture (F2)",
    caption: "From the notebook to the projector: one idea at a time (F2)",
    isEnabled: () => Boolean(isNotebook()),
    isToggled: () => Boolean(lecture),
    execute: async () => {
      if (lecture) return lecture.stop();
      const panel = app.shell.currentWidget;
      await panel.context.ready;
      begin(panel);
      await document.documentElement.requestFullscreen?.().catch(() => {});  // if refused, the window is filled
    },
  });
  onHandedOn((method) => {
    if (lecture) lecture.act(method);
    else if (method === "lecture") app.commands.execute("nnteach:lecture");
  });
  document.addEventListener("fullscreenchange", () => {  // Esc, which a browser keeps to itself
    if (!document.fullscreenElement) lecture?.stop();
  });
}

export default { id: "nnteach-lecture:plugin", autoStart: true, activate };
