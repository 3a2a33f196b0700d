"use strict";
/* Columns of text with many lines, of which only those in sight are in the document; the keyboard, the search, the theme.
   All text becomes text nodes: nothing here makes markup of it. */

const el = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
};

const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

async function pageData() {
  const node = document.getElementById("data");
  const packed = Uint8Array.from(atob(node.textContent), (char) => char.charCodeAt(0));
  node.remove();
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

/* The numbers of a list of distances. */
const summed = (distances) => {
  let at = 0;
  return distances.map((distance) => (at += distance));
};

/* Characters that would hide what a text says: controls, and those that turn the direction of writing. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const MOST_CHARACTERS = 3000; // of a line that are shown
const YAML_LINE = /^(\s*(?:- +)*)(#.*|(?:[\w./$-]+|"[^"]*"|'[^']*')(?=:(?:\s|$)))?/;

/* Yields [start, end, class] for the parts of a line with a color; `state` is what the line begins inside of:
   1 an action, 2 a comment of templates. */
function* syntax(text, state) {
  let at = 0;
  let isYaml = state === 0;
  while (at <= text.length) {
    if (state === 2) {
      const end = text.indexOf("*/", at);
      const stop = end < 0 ? text.length : Math.min(text.length, end + 2 + (text.slice(end + 2).match(/^\s*-?\}\}/) || [""])[0].length);
      yield [at, stop, "comment"];
      if (end < 0) return;
      [at, state] = [stop, 0];
      continue;
    }
    if (state === 1) {
      const end = text.indexOf("}}", at);
      yield [at, end < 0 ? text.length : end + 2, "action"];
      if (end < 0) return;
      [at, state] = [end + 2, 0];
      continue;
    }
    const open = text.indexOf("{{", at);
    const end = open < 0 ? text.length : open;
    if (isYaml) {
      const [, space, word] = YAML_LINE.exec(text.slice(at, end)) || ["", "", ""];
      if (word) yield [at + space.length, at + space.length + word.length, word[0] === "#" ? "comment" : "key"];
      isYaml = false;
    }
    const pattern = /"(?:[^"\\]|\\.)*"|'[^']*'|\s#.*$/g;
    const plain = text.slice(at, end);
    for (const found of plain.matchAll(pattern)) {
      if (found[0].length > 1) yield [at + found.index, at + found.index + found[0].length, found[0][0] === '"' || found[0][0] === "'" ? "string" : "comment"];
    }
    if (open < 0) return;
    at = open;
    state = /^\{\{-?\s*\/\*/.test(text.slice(open, open + 20)) ? 2 : 1;
  }
}

/* What each line of a text begins inside of, as `syntax` takes it. */
function lineStates(lines) {
  const states = new Uint8Array(lines.length);
  let state = 0;
  lines.forEach((line, number) => {
    states[number] = state;
    let at = 0;
    while (at < line.length) {
      const found = state === 0 ? line.indexOf("{{", at) : line.indexOf(state === 2 ? "*/" : "}}", at);
      if (found < 0) break;
      if (state === 0) state = /^\{\{-?\s*\/\*/.test(line.slice(found, found + 20)) ? 2 : 1;
      else if (state === 2) state = 1; // its delimiter follows
      else state = 0;
      at = found + 2;
    }
  });
  return states;
}

/* Appends a text in parts: `marks` are [start, end, class], and later ones go over earlier ones. */
function appendText(node, text, marks) {
  const shown = text.length > MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) : text;
  const cuts = new Set([0, shown.length]);
  for (const [start, end] of marks) cuts.add(Math.min(start, shown.length)).add(Math.min(end, shown.length));
  const points = [...cuts].sort((a, b) => a - b);
  for (let i = 0; i + 1 < points.length; i++) {
    const [start, end] = [points[i], points[i + 1]];
    const classes = marks.filter((mark) => mark[0] <= start && mark[1] >= end).map((mark) => mark[2]);
    const part = classes.includes("mark") ? el("mark") : el("span");
    part.className = classes.filter((one) => one !== "mark").join(" ");
    let from = start;
    for (const found of shown.slice(start, end).matchAll(HIDDEN)) {
      part.append(shown.slice(from, start + found.index));
      const code = found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      part.append(el("span", { class: "hidden-char" }, `U+${code}`));
      from = start + found.index + 1;
    }
    part.append(shown.slice(from, end));
    node.append(part);
  }
  if (shown.length < text.length) node.append(el("span", { class: "hidden-char" }, ` … ${plural(text.length - shown.length, "more character")}`));
}

/* A column. `files` are {name, kind, lines} and perhaps {folded} for a name that is a path, {short} for lists; a row is a file's head or one of its lines. The owner sets:
   decorate(file, line) -> {classes, marks, note, before, after}, onPoint(row), onPin(row); `before` and `after` are nodes around the text.
   With `isGrid` rows may have buttons. */
class Pane {
  constructor(id, title, files, owner, { isTemplate = false, isGrid = false } = {}) {
    this.id = id;
    this.isTemplate = isTemplate;
    this.isGrid = isGrid;
    this.title = title;
    this.files = files;
    this.owner = owner;
    this.lit = new Map(); // row -> {kind, badge}
    this.cursor = -1;
    this.query = "";
    this.found = [];
    this.states = new Map();
    this.begins = []; // the row of each file's head
    let rows = 0;
    for (const file of files) {
      this.begins.push(rows);
      rows += file.lines.length + 1;
    }
    this.count = rows;
    this.shown = null; // the rows that a filter leaves, or null for all
    const widest = files.reduce((most, file) => Math.max(most, file.lines.length), 1);
    this.build(String(widest).length);
  }

  build(digits) {
    this.select = el("select", { "aria-label": `Jump to a file of ${this.title}`, on: { change: () => this.jump(this.begins[+this.select.value], true) } });
    this.files.forEach((file, number) => this.select.append(el("option", { value: number }, file.short || file.name)));
    this.counter = el("span", { class: "count", "aria-live": "polite" });
    this.sticky = el("div", { class: "sticky file", "aria-hidden": "true" });
    this.canvas = el("div", { class: "canvas", role: "presentation" });
    this.ruler = el("div", { class: "ruler", "aria-hidden": "true" });
    this.view = el("div", { class: "view", tabindex: 0, role: this.isGrid ? "grid" : "listbox", id: this.id, "aria-label": this.title }, this.sticky, this.canvas);
    this.node = el("section", { class: "pane" }, el("header", {}, el("h2", {}, this.title), this.select, this.counter), this.view, this.ruler);
    this.view.style.setProperty("--digits", digits);
    this.view.addEventListener("scroll", () => this.paint(), { passive: true });
    // painting replaces nodes: not while a text is being selected
    this.view.addEventListener("mousemove", (event) => event.buttons || this.owner.onPoint(this, this.rowOf(event)));
    this.view.addEventListener("mouseleave", (event) => event.buttons || this.owner.onPoint(this, -1));
    let pressed = -1;
    this.view.addEventListener("mousedown", (event) => (pressed = event.button ? -1 : this.rowOf(event)));
    this.view.addEventListener("mouseup", (event) => {
      const row = this.rowOf(event);
      if (row >= 0 && row === pressed && String(getSelection()) === "") this.owner.onPin(this, row);
    });
    this.view.addEventListener("focus", () => this.view.matches(":focus-visible") && this.enter());
  }

  start() {
    this.height = parseFloat(getComputedStyle(this.view).lineHeight);
    const size = parseFloat(getComputedStyle(this.view).fontSize);
    let widest = 0;
    for (const file of this.files) for (const line of file.lines) if (line.length > widest) widest = line.length;
    this.canvas.style.width = `max(100%, ${Math.ceil((Math.min(widest, MOST_CHARACTERS) + 60) * size * 0.61)}px)`;
    new ResizeObserver(() => {
      this.view.style.setProperty("--visible", `${this.view.clientWidth}px`);
      this.refresh();
    }).observe(this.view);
    this.refresh();
  }

  // Rows

  rowOf(event) {
    // by its place: the nodes may have changed since the button was pressed
    const index = Math.floor((event.clientY - this.canvas.getBoundingClientRect().top) / this.height);
    if (event.target.closest(".sticky, button") || index < 0 || index >= this.total()) return -1;
    const row = this.rowAt(index);
    return this.placeOf(row)[1] ? row : -1;
  }

  fileOf(row) {
    let [low, high] = [0, this.begins.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.begins[middle] <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /* The number of the file and of the line, from 1, of a row; the head of a file is line 0. */
  placeOf(row) {
    const file = this.fileOf(row);
    return [file, row - this.begins[file]];
  }

  row(file, line) {
    return this.begins[file] + line;
  }

  isRow(file, line) {
    return file >= 0 && line > 0 && line <= this.files[file].lines.length;
  }

  text(row) {
    const [file, line] = this.placeOf(row);
    return line ? this.files[file].lines[line - 1] : "";
  }

  total() {
    return this.shown ? this.shown.length : this.count;
  }

  rowAt(index) {
    return this.shown ? this.shown[index] : index;
  }

  /* The index of a row among those that are shown, or of the next one. */
  indexOf(row) {
    if (!this.shown) return row;
    let [low, high] = [0, this.shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.shown[middle] < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // Painting

  refresh() {
    this.canvas.style.height = `${this.total() * this.height}px`;
    this.paint(true);
  }

  paint(anew = false) {
    const { scrollTop, clientHeight } = this.view;
    const first = Math.max(0, Math.floor(scrollTop / this.height) - 8);
    const last = Math.min(this.total(), Math.ceil((scrollTop + clientHeight) / this.height) + 8);
    const [before, until] = this.painted || [];
    this.head(scrollTop);
    if (!anew && first === before && last === until) return;
    this.painted = [first, last];
    const nodes = [];
    for (let index = first; index < last; index++) nodes.push(this.rowNode(index));
    if (!nodes.length) nodes.push(el("p", { class: "empty" }, this.query ? "No line matches." : "Nothing here."));
    const focused = this.canvas.contains(document.activeElement) ? document.activeElement.id : "";
    this.canvas.replaceChildren(...nodes);
    if (focused) (document.getElementById(focused) || this.view).focus({ preventScroll: true });
    const active = this.cursor >= 0 ? `${this.id}-${this.cursor}` : "";
    if (active && document.getElementById(active)) this.view.setAttribute("aria-activedescendant", active);
    else this.view.removeAttribute("aria-activedescendant");
    this.paintRuler();
  }

  head(scrollTop) {
    if (!this.total()) {
      this.sticky.hidden = true;
      return;
    }
    const file = this.fileOf(this.rowAt(Math.min(this.total() - 1, Math.floor(scrollTop / this.height))));
    this.sticky.hidden = false;
    // the head of the next file pushes this one out
    const next = file + 1 < this.begins.length ? this.indexOf(this.begins[file + 1]) * this.height - scrollTop : Infinity;
    this.sticky.style.transform = next < this.height ? `translateY(${next - this.height}px)` : "";
    if (this.sticky.dataset.file !== String(file)) {
      this.sticky.dataset.file = file;
      this.sticky.replaceChildren(...this.fileHead(file));
      this.select.value = file;
    }
  }

  fileHead(number) {
    const file = this.files[number];
    const base = file.name.lastIndexOf("/") + 1;
    const folder = el("span", { class: "folder" });
    appendText(folder, file.folded ? file.name.slice(0, base) : "", []);
    const name = el("span", { class: "base" });
    appendText(name, file.folded ? file.name.slice(base) : file.name, []);
    const kind = el("span", { class: "kind" });
    appendText(kind, file.kind || "", []);
    return [folder, name, kind];
  }

  rowNode(index) {
    const row = this.rowAt(index);
    const [number, line] = this.placeOf(row);
    const node = el("div", { class: "row", id: `${this.id}-${row}`, "data-row": row, ...(this.isGrid ? { role: "row", "aria-rowindex": index + 1 } : { role: "option", "aria-posinset": index + 1, "aria-setsize": this.total() }) });
    node.style.top = `${index * this.height}px`;
    if (!line) {
      node.classList.add("file");
      node.append(...(this.isGrid ? [el("span", { role: "gridcell" }, ...this.fileHead(number))] : this.fileHead(number)));
      return node;
    }
    const file = this.files[number];
    const text = file.lines[line - 1];
    if (this.isTemplate && !this.states.has(number)) this.states.set(number, lineStates(file.lines));
    const state = this.isTemplate ? this.states.get(number)[line - 1] : 0;
    const { classes, marks, note, isQuiet, before = null, after = null } = this.owner.decorate(this, number, line);
    const lit = this.lit.get(row);
    node.classList.add("line", ...classes, ...(lit ? [lit.kind] : []), ...(row === this.cursor ? ["cursor"] : []));
    node.setAttribute("aria-selected", String(row === this.cursor));
    if (lit && lit.badge) node.append(el("span", { class: "badge" }, String(lit.badge)));
    if (before) node.append(before);
    node.append(el("span", { class: "number", role: this.isGrid && "rowheader" }, String(line)));
    const code = el("span", { class: "text", role: this.isGrid && "gridcell" });
    const found = this.query ? matches(text, this.query).map(([start, end]) => [start, end, "mark"]) : [];
    const colors = classes.includes("dim") ? [] : [...syntax(text, state)];
    appendText(code, text, [...colors, ...marks, ...found]);
    node.append(code);
    if (note) node.append(el("span", { class: isQuiet ? "note quiet" : "note" }, note));
    if (after) node.append(after);
    return node;
  }

  paintRuler() {
    const top = this.view.offsetTop;
    const height = this.view.clientHeight;
    this.ruler.style.top = `${top}px`;
    const slots = new Map();
    for (const [row, { kind }] of this.lit) {
      const slot = Math.round((this.indexOf(row) / Math.max(1, this.total())) * (height - 4));
      if (!slots.has(slot) || kind !== "weak") slots.set(slot, kind);
    }
    this.ruler.replaceChildren(
      ...[...slots].map(([slot, kind]) => {
        const tick = el("i", { class: kind === "over" ? "weak" : kind });
        tick.style.top = `${slot}px`;
        return tick;
      }),
    );
  }

  // Moving

  light(lit) {
    this.lit = lit;
    this.paint(true);
  }

  isInSight(row) {
    const at = this.indexOf(row) * this.height;
    return at >= this.view.scrollTop + this.height && at + this.height <= this.view.scrollTop + this.view.clientHeight;
  }

  reveal(row, isAtTop = false) {
    if (!isAtTop && this.isInSight(row)) return;
    const at = this.indexOf(row) * this.height;
    this.view.scrollTop = isAtTop ? at : Math.max(0, at - this.view.clientHeight * 0.35);
  }

  jump(row, isAtTop = false) {
    this.cursor = Math.min(row + (this.placeOf(row)[1] ? 0 : 1), this.count - 1);
    this.reveal(row, isAtTop);
    this.paint(true);
  }

  /* Moves the cursor by a number of lines; the heads of files are stepped over. */
  move(by) {
    const last = this.total() - 1;
    if (last < 0) return;
    const step = Math.sign(by) || 1;
    let index = this.cursor < 0 ? Math.floor(this.view.scrollTop / this.height) : this.indexOf(this.cursor) + by;
    index = Math.max(0, Math.min(last, index));
    while (index > 0 && index < last && !this.placeOf(this.rowAt(index))[1]) index += step;
    if (!this.placeOf(this.rowAt(index))[1]) index += index === 0 ? 1 : -1;
    if (index < 0 || index > last) return;
    this.cursor = this.rowAt(index);
    const at = index * this.height;
    const { scrollTop, clientHeight } = this.view;
    if (at < scrollTop + 2 * this.height) this.view.scrollTop = at - 2 * this.height;
    else if (at + 2 * this.height > scrollTop + clientHeight) this.view.scrollTop = at + 2 * this.height - clientHeight;
    this.paint(true);
    this.owner.onMove(this, this.cursor);
  }

  /* Moves to the next or previous of some rows, around the end. */
  step(rows, by) {
    const sorted = [...rows].sort((a, b) => a - b);
    if (!sorted.length) return;
    const at = this.cursor;
    let next = by > 0 ? sorted.find((row) => row > at) : sorted.findLast((row) => row < at);
    if (next === undefined) next = by > 0 ? sorted[0] : sorted[sorted.length - 1];
    this.cursor = next;
    this.reveal(next);
    this.paint(true);
  }

  enter() {
    const first = [...this.lit.keys()].sort((a, b) => a - b).find((row) => this.isInSight(row));
    if (!this.lit.has(this.cursor) && first !== undefined) this.cursor = first;
    else if (this.cursor < 0) this.cursor = this.rowAt(Math.min(this.total() - 1, Math.floor(this.view.scrollTop / this.height) + 1));
    this.paint(true);
  }

  // Searching

  search(query, isFiltering) {
    this.query = query.toLowerCase();
    const top = this.total() ? this.rowAt(Math.min(this.total() - 1, Math.floor(this.view.scrollTop / this.height))) : 0;
    this.found = [];
    const kept = [];
    if (this.query) {
      this.files.forEach((file, number) => {
        const begin = this.begins[number];
        const isNamed = (file.short || file.name).toLowerCase().includes(this.query);
        let isKept = isNamed;
        if (isNamed) kept.push(begin);
        file.lines.forEach((line, at) => {
          const isFound = line.toLowerCase().includes(this.query);
          if (isFound) this.found.push(begin + at + 1);
          if (isFound && !isKept) kept.push(begin);
          isKept ||= isFound;
          if (isFound || isNamed) kept.push(begin + at + 1);
        });
        const last = this.found.length ? this.found[this.found.length - 1] : -1;
        if (isNamed && last <= begin && file.lines.length) this.found.push(begin + 1);
      });
    }
    this.shown = this.query && isFiltering ? kept : null;
    this.refresh();
    this.view.scrollTop = this.indexOf(top) * this.height;
    this.paint(true);
  }
}

const matches = (text, query) => {
  const found = [];
  const lower = text.toLowerCase();
  if (lower.length !== text.length) return found;
  for (let at = lower.indexOf(query); at >= 0 && found.length < 200; at = lower.indexOf(query, at + query.length)) found.push([at, at + query.length]);
  return found;
};

/* The theme follows the system until it is chosen here. */
function themeButton() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const now = () => root.dataset.theme || (dark.matches ? "dark" : "light");
  const button = el("button", { class: "button", type: "button", title: "Theme (t)" });
  const show = () => (button.textContent = now() === "dark" ? "Light" : "Dark");
  button.addEventListener("click", () => {
    root.dataset.theme = now() === "dark" ? "light" : "dark";
    show();
  });
  dark.addEventListener("change", show);
  show();
  return button;
}

/* A dialog with what the keys do: rows of [keys, meaning], then paragraphs. */
function keysDialog(rows, ...more) {
  const list = el("dl");
  for (const [keys, meaning] of rows) {
    const names = keys.split(" ").flatMap((key, at) => (at ? [" ", el("kbd", {}, key)] : [el("kbd", {}, key)]));
    list.append(el("dt", {}, ...names), el("dd", {}, meaning));
  }
  const close = el("button", { class: "button", type: "button", autofocus: true, on: { click: () => dialog.close() } }, "Close");
  const dialog = el("dialog", { "aria-labelledby": "keys-title" }, el("h2", { id: "keys-title" }, "Keys"), list, ...more, close);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return dialog;
}
