/* The page of coverage. The data's form is described in html.py. */

const [MANY_TESTS, MOST_LISTED, MANY_VALUES] = [8, 300, 2000];
const KINDS = ["lines", "branches", "includes"];
const MARKS = { covered: "✓", partial: "◐", missed: "✗", "": "" };
const STATES = { covered: "covered", partial: "covered in part", missed: "never run" };
const SORTS = {
  worst: "Worst first",
  gaps: "Most gaps first",
  lines: "By lines",
  branches: "By branches",
  includes: "By includes",
  name: "By name",
};

const percent = (covered, total) => {
  if (!total) return "–";
  const share = (100 * covered) / total;
  return `${(covered < total ? Math.min(share, 99.9) : share).toFixed(1).replace(/\.0$/, "")} %`;
};
const share = ([covered, total]) => (total ? covered / total : 1);
const sum = (counts) => counts.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);

/* A text that may hide something, as a node. */
const said = (text, tag = "span", attributes = {}) => {
  const node = el(tag, attributes);
  appendText(node, text, []);
  return node;
};

/* A label in which `code` stands between backquotes. */
const labelled = (text) => text.split("`").map((part, at) => (at % 2 ? said(part, "code") : part));

function meter(title, [covered, total]) {
  const bar = el("i");
  bar.style.width = `${100 * share([covered, total])}%`;
  const words = total ? `${title}: ${covered} of ${total}, ${percent(covered, total)}` : `${title}: none`;
  return el(
    "span",
    { class: total ? "meter" : "meter none", title: words },
    el("span", { class: "off-screen" }, words),
    el("span", { class: "track", "aria-hidden": "true" }, total ? bar : null),
    el("span", { class: "amount", "aria-hidden": "true" }, total ? `${covered}/${total}` : "–"),
  );
}

/* One chart of the page: its templates, and which tests came to what. */
class Chart {
  constructor(data, texts) {
    this.name = data.name;
    this.folder = data.folder;
    this.tests = data.tests;
    this.runs = data.runs;
    this.sets = data.sets;
    this.hints = data.hints;
    this.unread = data.unread;
    this.values = data.values;
    this.files = data.files.map((file, number) => this.file(file, number, texts));
    this.counts = Object.fromEntries(KINDS.map((kind) => [kind, sum(this.files.map((file) => file.counts[kind]))]));
    this.gaps = this.files.reduce((total, file) => total + file.gaps.length, 0);
  }

  file(data, number, texts) {
    const file = { number, name: data.n, folded: true, lines: texts(data.l), kind: data.l.length ? "" : "left out, for its size" };
    file.sets = new Map(); // line -> set
    for (let i = 0; i < data.c.length; i += 2) file.sets.set(data.c[i], data.c[i + 1]);
    file.sides = data.sides.map(([line, word, label, set, hint, place], at) => ({ file: number, number: at, line, word, label, set, hint, place, isTaken: this.count(set) > 0 }));
    file.sidesAt = new Map(); // line -> sides
    for (const side of file.sides) {
      if (file.sidesAt.has(side.line)) file.sidesAt.get(side.line).push(side);
      else file.sidesAt.set(side.line, [side]);
    }
    const taken = (sides) => [sides.filter((side) => side.isTaken).length, sides.length];
    const sets = [...file.sets.values()];
    file.counts = {
      lines: [sets.filter((set) => this.count(set)).length, sets.length],
      branches: taken(file.sides.filter((side) => side.place >= 0)),
      includes: taken(file.sides.filter((side) => side.place < 0)),
    };
    file.states = new Map(); // line -> covered, partial or missed
    for (const line of [...new Set([...file.sets.keys(), ...file.sidesAt.keys()])].sort((a, b) => a - b)) file.states.set(line, this.stateOf(file, line));
    file.gaps = this.gapsOf(file);
    return file;
  }

  count(set) {
    return this.sets[set][0];
  }

  stateOf(file, line) {
    const sides = file.sidesAt.get(line) || [];
    const hasRun = file.sets.has(line) ? this.count(file.sets.get(line)) > 0 : sides.some((side) => side.isTaken);
    if (!hasRun) return "missed";
    return sides.every((side) => side.isTaken) ? "covered" : "partial";
  }

  /* The lines at which a gap begins: sides that no test took, and the first of lines that did not run. */
  gapsOf(file) {
    const gaps = [];
    let wasGap = false;
    for (const [line, state] of file.states) {
      const isGap = state !== "covered";
      if (isGap && (state === "partial" || !wasGap)) gaps.push(line);
      wasGap = isGap;
    }
    return gaps;
  }

  /* The names of the tests in a set. */
  testsOf(set) {
    const found = [];
    const digits = this.sets[set][1];
    for (let at = 0; at < digits.length; at++) {
      const four = parseInt(digits[digits.length - 1 - at], 16);
      for (let bit = 0; bit < 4; bit++) if ((four >> bit) & 1 && 4 * at + bit < this.tests.length) found.push(this.tests[4 * at + bit]);
    }
    return found;
  }
}

class CoveragePage {
  constructor(data) {
    this.data = data;
    const texts = (numbers) => summed(numbers).map((number) => data.lines[number]);
    this.charts = data.charts.map((chart) => new Chart(chart, texts));
    this.sort = "worst";
    this.build();
    this.open(0);
  }

  // The frame

  build() {
    const name = (chart) => (this.charts.filter((one) => one.name === chart.name).length > 1 ? `${chart.name} (${chart.folder})` : chart.name);
    this.heading = el("h1", {});
    this.select = el("select", { class: "button", "aria-label": "Chart", on: { change: () => this.open(+this.select.value) } }, ...this.charts.map((chart, number) => said(name(chart), "option", { value: number })));
    this.totals = el("span", { class: "totals" });
    this.input = el("input", { type: "search", placeholder: "Search ( / )", "aria-label": "Search the templates", spellcheck: "false" });
    this.tally = el("output");
    this.previous = el("button", { class: "button", type: "button", title: "Previous gap (p)", on: { click: () => this.gap(-1) } }, "‹ Gap");
    this.next = el("button", { class: "button", type: "button", title: "Next gap (n)", on: { click: () => this.gap(1) } }, "Gap ›");
    this.theme = themeButton();
    const help = el("button", { class: "button", type: "button", title: "Keys (?)", "aria-label": "Keys", on: { click: () => this.keys.showModal() } }, "?");
    const leftOut = this.data.leftOut.length ? el("span", { class: "left-out" }, `Left out, for the size of the page: ${this.data.leftOut.join(", ")}.`) : null;
    const picker = this.charts.length > 1 ? this.select : null;
    const bar = el("header", { class: "bar" }, this.heading, picker, this.totals, el("span", { class: "space" }), el("div", { class: "controls" }, this.previous, this.next, el("div", { class: "search" }, this.input, this.tally), this.theme, help), leftOut);

    this.filter = el("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the templates", spellcheck: "false", on: { input: () => this.list() } });
    this.order = el("select", { "aria-label": "Order of the templates", on: { change: () => ((this.sort = this.order.value), this.list()) } }, ...Object.entries(SORTS).map(([key, text]) => el("option", { value: key }, text)));
    this.templates = el("ul", { class: "templates", "aria-label": "Templates", on: { keydown: (event) => this.onListKey(event) } });
    this.side = el("nav", { class: "pane overview", "aria-label": "Templates" }, el("header", {}, el("h2", {}, "Templates"), this.filter, this.order), el("div", { class: "meters heads", "aria-hidden": "true" }, ...KINDS.map((kind) => el("span", {}, kind))), this.templates);
    this.about = el("section", { class: "about", "aria-label": "Details" });
    this.values = el("details", {});
    this.details = el("aside", { class: "pane details", "aria-label": "Details" }, el("header", {}, el("h2", {}, "Details")), el("div", { class: "inside" }, this.about, this.values));
    this.columns = el("main", { class: "columns coverage" }, this.side, this.details);
    this.keys = keysDialog(
      [
        ["n p", "the next and the previous gap"],
        ["↑ ↓ j k", "the line above or below"],
        ["Enter", "tests of the line"],
        ["Tab", "to the sides of the line, then to the details"],
        ["/", "search; Enter for the next match"],
        ["t", "light or dark"],
        ["Esc", "back to the chart"],
      ],
      el("p", {}, ...["covered", "partial", "missed"].flatMap((state) => [el("span", { class: `gutter ${state}` }, MARKS[state]), ` ${STATES[state]}  `])),
      el("p", {}, "The number in front of a line is that of the tests that ran it. Lines without one have nothing that could run."),
    );
    this.live = el("p", { class: "off-screen", "aria-live": "polite" });
    document.body.append(bar, this.columns, this.live, this.keys);
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.match(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") {
        this.input.value = "";
        this.search();
        this.code.view.focus();
        event.stopPropagation();
      }
    });
    document.addEventListener("keydown", (event) => this.onKey(event));
  }

  open(number) {
    const chart = this.charts[number];
    this.chart = chart;
    this.selected = null;
    this.heading.replaceChildren(said(this.charts.length > 1 ? "Coverage of" : `Coverage of ${chart.name}`));
    this.totals.replaceChildren(
      ...KINDS.map((kind) => el("span", { class: "total" }, `${kind[0].toUpperCase()}${kind.slice(1)} `, meter(kind, chart.counts[kind]), el("b", {}, percent(...chart.counts[kind])))),
      el("span", { class: "total" }, "Values ", meter("values read", chart.values)),
      el("span", { class: "total" }, `${plural(chart.runs, "test")} rendered it`),
    );
    this.previous.disabled = this.next.disabled = !chart.gaps;
    if (this.code) this.code.node.remove();
    this.code = new Pane("code", "Template", chart.files, this, { isTemplate: true, isGrid: true });
    const most = Math.max(0, ...chart.files.flatMap((file) => [...file.sets.values()].map((set) => chart.count(set))));
    this.code.view.style.setProperty("--hits", String(most).length);
    this.side.after(this.code.node);
    this.code.start();
    this.gapRows = chart.files.flatMap((file) => file.gaps.map((line) => this.code.row(file.number, line)));
    this.current = -1;
    this.list();
    this.unread();
    this.search();
    this.choose(-1);
    this.code.view.addEventListener("scroll", () => this.follow(), { passive: true });
    const first = this.sorted()[0];
    if (first) this.show(first.number);
  }

  // The list of templates

  sorted() {
    const { sort } = this;
    const word = this.filter.value.trim().toLowerCase();
    const both = ({ counts }) => share(sum([counts.lines, counts.branches]));
    const by = {
      worst: (a, b) => both(a) - both(b) || b.gaps.length - a.gaps.length,
      gaps: (a, b) => b.gaps.length - a.gaps.length,
      name: () => 0,
    };
    const ofKind = (a, b) => (a.counts[sort][1] ? 0 : 1) - (b.counts[sort][1] ? 0 : 1) || share(a.counts[sort]) - share(b.counts[sort]);
    return this.chart.files.filter((file) => file.name.toLowerCase().includes(word)).sort((a, b) => (by[sort] || ofKind)(a, b) || (a.name < b.name ? -1 : 1));
  }

  list() {
    const files = this.sorted();
    this.templates.replaceChildren(
      ...files.map((file) => {
        const isCurrent = file.number === this.current;
        const gaps = file.gaps.length ? plural(file.gaps.length, "gap") : "✓ no gap";
        return el(
          "li",
          {},
          el(
            "button",
            { type: "button", class: "template", "data-file": file.number, "aria-current": isCurrent && "true", tabindex: isCurrent ? 0 : -1, on: { click: () => this.show(file.number) } },
            said(file.name.replace(/^templates\//, ""), "span", { class: "name" }),
            el("span", { class: file.gaps.length ? "gaps" : "gaps none" }, gaps),
            el("span", { class: "meters" }, ...KINDS.map((kind) => meter(kind, file.counts[kind]))),
          ),
        );
      }),
    );
    if (!files.length) this.templates.append(el("li", { class: "empty" }, this.chart.files.length ? "No template has this in its name." : "This chart has no template with anything to run."));
    const first = this.templates.querySelector("button");
    if (first && !this.templates.querySelector("[tabindex='0']")) first.tabIndex = 0;
  }

  mark(file) {
    if (file === this.current) return;
    this.current = file;
    for (const button of this.templates.querySelectorAll("button")) {
      const isCurrent = +button.dataset.file === file;
      button.tabIndex = isCurrent ? 0 : -1;
      if (isCurrent) {
        button.setAttribute("aria-current", "true");
        button.scrollIntoView({ block: "nearest" });
      } else button.removeAttribute("aria-current");
    }
  }

  show(file) {
    this.mark(file);
    this.code.reveal(this.code.row(file, 0), true);
    this.held = this.code.view.scrollTop;
  }

  /* The list follows the template at the top of the view; one that was chosen near the end cannot get there. */
  follow() {
    if (this.code.view.scrollTop === this.held || !this.code.total()) return;
    this.held = -1;
    const row = this.selected ? this.selected.row : -1;
    this.mark(this.code.fileOf(row >= 0 && this.code.isInSight(row) ? row : this.code.rowAt(Math.min(this.code.total() - 1, Math.floor(this.code.view.scrollTop / this.code.height)))));
  }

  onListKey(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const buttons = [...this.templates.querySelectorAll("button")];
    const next = buttons[buttons.indexOf(document.activeElement) + by];
    if (next) next.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  // Lines

  decorate(pane, number, line) {
    const file = pane.files[number];
    const state = file.states.get(line) || "";
    const set = file.sets.get(line);
    const hits = set === undefined ? "" : this.chart.count(set);
    const words = state ? `${STATES[state]}${set === undefined ? "" : `, ${plural(hits, "test")}`}` : "nothing to run";
    const before = el("span", { class: `gutter ${state}`, role: "gridcell", title: words, "aria-label": words }, el("span", { class: "mark" }, MARKS[state]), el("span", { class: "hits" }, String(hits)));
    const sides = file.sidesAt.get(line) || [];
    const isCursor = pane.cursor === pane.row(number, line);
    const after = sides.length ? el("span", { class: "sides", role: "gridcell" }, ...sides.map((side) => this.sideButton(side, `side-${number}-${side.number}`, isCursor))) : null;
    return { classes: state ? [state] : [], marks: [], note: "", before, after };
  }

  sideButton(side, id, isReached = true) {
    const isChosen = this.selected && this.selected.side === side;
    const words = side.isTaken ? `taken by ${plural(this.chart.count(side.set), "test")}` : "never taken";
    const title = `${side.label.replaceAll("`", "")}: ${words}`;
    const button = el("button", { id, type: "button", class: side.isTaken ? "side taken" : "side untaken", title, "aria-label": title, "aria-pressed": String(Boolean(isChosen)), tabindex: isReached ? 0 : -1 }, `${side.isTaken ? "✓" : "✗"} ${side.word}`);
    button.addEventListener("click", () => this.choose(this.code.row(side.file, side.line), side));
    return button;
  }

  onPoint() {}

  onPin(pane, row) {
    this.choose(row);
  }

  onMove(pane, row) {
    this.choose(row);
  }

  // What is chosen

  /* Chooses a line, and perhaps one of its sides; -1 for nothing. */
  choose(row, side = null) {
    this.selected = row < 0 ? null : { row, side };
    if (row >= 0) this.code.cursor = row;
    this.code.light(row < 0 ? new Map() : new Map([[row, { kind: "source" }]]));
    if (row >= 0) this.mark(this.code.fileOf(row));
    this.about.parentNode.scrollTop = 0;
    this.tell();
  }

  gap(by) {
    const rows = this.gapRows;
    if (!rows.length) return;
    if (this.code.shown || this.code.query) {
      this.input.value = "";
      this.search();
    }
    const at = this.selected ? this.selected.row : this.code.row(this.current < 0 ? 0 : this.current, 0);
    let next = by > 0 ? rows.find((row) => row > at) : rows.findLast((row) => row < at);
    if (next === undefined) next = by > 0 ? rows[0] : rows[rows.length - 1];
    const [number, line] = this.code.placeOf(next);
    const sides = this.code.files[number].sidesAt.get(line) || [];
    this.code.view.focus({ preventScroll: true });
    this.code.reveal(next);
    this.choose(next, sides.find((side) => !side.isTaken) || null);
  }

  tell() {
    const { chart, selected } = this;
    if (!selected) {
      const parts = [el("p", {}, chart.gaps ? `${plural(chart.gaps, "gap")} in ${plural(chart.files.filter((file) => file.gaps.length).length, "template")}. ` : "The tests run every line and take every side.")];
      if (chart.gaps) parts.push(el("p", { class: "hint" }, el("kbd", {}, "n"), " goes to the next one, ", el("kbd", {}, "p"), " to the one before. A line or a side shows its tests here."));
      this.about.replaceChildren(...parts);
      return;
    }
    const [number, line] = this.code.placeOf(selected.row);
    const file = this.code.files[number];
    const sides = file.sidesAt.get(line) || [];
    const parts = [said(`${file.name}:${line}`, "h3", { class: "name" })];
    const state = file.states.get(line);
    if (sides.length) parts.push(el("p", { class: "sides" }, ...sides.map((side) => this.sideButton(side, `detail-${number}-${side.number}`))));
    const { side } = selected;
    if (side) {
      parts.push(el("p", { class: `state ${side.isTaken ? "covered" : "missed"}` }, side.isTaken ? "✓ " : "✗ ", ...labelled(side.label), side.isTaken ? "" : side.place < 0 ? " never included" : " never taken"));
      parts.push(...(side.isTaken ? this.testsNodes(side.set, side.place < 0 ? "included it" : "took it") : this.hintNodes(side)));
    } else if (!state) parts.push(el("p", {}, "Nothing on this line could run."));
    else {
      parts.push(el("p", { class: `state ${state}` }, `${MARKS[state]} ${STATES[state]}`));
      if (file.sets.has(line) && state !== "missed") parts.push(...this.testsNodes(file.sets.get(line), "ran it"));
    }
    this.about.replaceChildren(...parts);
    this.live.textContent = parts.slice(1).map((part) => (part.matches(".state") ? part.textContent : "")).join("");
  }

  hintNodes(side) {
    if (side.hint < 0) return side.place < 0 ? [] : [el("p", {}, "No values that take it were found.")];
    const text = this.chart.hints[side.hint];
    if (!text) return [el("p", {}, "A test with the chart's own values would take it.")];
    const code = said(text, "pre", { tabindex: 0, "aria-label": "Values" });
    const copy = el("button", { class: "button", type: "button" }, "Copy");
    copy.addEventListener("click", async () => {
      getSelection().selectAllChildren(code);
      try {
        await navigator.clipboard.writeText(text);
        copy.textContent = "Copied";
      } catch {
        copy.textContent = "Selected: press Ctrl+C";
      }
    });
    return [el("p", {}, "A test with these values would take it:"), code, copy];
  }

  testsNodes(set, verb) {
    const count = this.chart.count(set);
    const nodes = [el("h3", {}, `${plural(count, "test")} ${verb}`)];
    if (!count || !this.chart.tests.length) return nodes;
    const names = this.chart.testsOf(set);
    const list = el("ul", { class: "tests" });
    const fill = (word) => {
      const found = word ? names.filter((name) => name.toLowerCase().includes(word)) : names;
      list.replaceChildren(...found.slice(0, MOST_LISTED).map((name) => said(name, "li")));
      if (found.length > MOST_LISTED) list.append(el("li", { class: "over" }, `and ${plural(found.length - MOST_LISTED, "more test")}`));
      if (!found.length) list.append(el("li", { class: "over" }, "None has this in its name."));
    };
    if (names.length > MANY_TESTS) {
      const search = el("input", { type: "search", placeholder: "Search these tests", "aria-label": "Search these tests", spellcheck: "false" });
      search.addEventListener("input", () => fill(search.value.trim().toLowerCase()));
      nodes.push(search);
    }
    fill("");
    return [...nodes, list];
  }

  unread() {
    const { unread, values } = this.chart;
    this.values.hidden = !values[1];
    const items = unread.slice(0, MANY_VALUES).map((path) => el("li", {}, said(path, "code")));
    if (unread.length > MANY_VALUES) items.push(el("li", { class: "over" }, `and ${unread.length - MANY_VALUES} more`));
    this.values.open = unread.length > 0;
    this.values.replaceChildren(el("summary", {}, unread.length ? `${plural(unread.length, "value")} that no test read` : "✓ Tests read every value"), el("p", {}, "Of the chart's values.yaml."), el("ul", {}, ...items));
  }

  // Searching, keys

  search() {
    const query = this.input.value.trim();
    this.code.search(query, false);
    this.matchAt = -1;
    const count = this.code.found.length;
    this.tally.textContent = query ? plural(count, "match").replace("matchs", "matches") : "";
    if (count && !this.code.found.some((row) => this.code.isInSight(row))) this.code.reveal(this.code.found[0]);
  }

  match(by) {
    const { found } = this.code;
    if (!found.length) return;
    this.matchAt = (this.matchAt + by + (this.matchAt < 0 && by < 0 ? 1 : 0) + found.length) % found.length;
    this.code.reveal(found[this.matchAt]);
    this.choose(found[this.matchAt]);
    this.tally.textContent = `${this.matchAt + 1} of ${found.length}`;
  }

  onKey(event) {
    if (this.keys.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select")) return;
    const isInCode = this.code.view.contains(document.activeElement);
    const isButton = document.activeElement.matches("button, summary");
    const { code } = this;
    const page = Math.max(1, Math.floor(code.view.clientHeight / code.height) - 3);
    const move = (by) => () => (code.view.focus({ preventScroll: true }), code.move(by));
    const anywhere = {
      "/": () => (this.input.focus(), this.input.select()),
      "?": () => this.keys.showModal(),
      t: () => this.theme.click(),
      n: () => this.gap(1),
      p: () => this.gap(-1),
      j: move(1),
      k: move(-1),
      Escape: () => this.choose(-1),
    };
    const inCode = {
      ArrowDown: move(1),
      ArrowUp: move(-1),
      PageDown: move(page),
      PageUp: move(-page),
      Home: move(-Infinity),
      End: move(Infinity),
      ...(isButton ? {} : { Enter: () => code.cursor >= 0 && this.choose(code.cursor) }),
    };
    const act = ((isInCode || event.target === document.body) && inCode[event.key]) || anywhere[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

pageData().then(
  (data) => (window.page = new CoveragePage(data)),
  (error) => document.body.append(el("p", { class: "message" }, `This browser cannot read the page: ${error.message}. It needs DecompressionStream (2023).`)),
);
