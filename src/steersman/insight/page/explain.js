/* The page of `steer explain --html`. The data's form is described in explain.py. */

const [MANY_PLACES, MANY_OBJECTS, REVEAL_AFTER] = [60, 40, 110]; // the last: milliseconds

class ExplainPage {
  constructor(data) {
    this.data = data;
    const texts = (numbers) => summed(numbers).map((number) => data.lines[number]);
    const kinds = { flags: "flags", given: "yours", default: "defaults", subchart: "defaults of a subchart", about: "" };
    const left = "left out, for its size";
    const short = (name) => (name.startsWith(`${data.chart}/`) ? name.slice(data.chart.length + 1) : name);
    const values = data.values.map((file) => ({ ...file, folded: file.k !== "flags", short: short(file.n), name: file.n, kind: file.x ? left : kinds[file.k], lines: texts(file.l) }));
    const templates = data.templates.map((file) => ({ ...file, folded: true, short: short(file.n), name: file.n, kind: file.x ? left : "", lines: texts(file.l) }));
    const objects = data.objects.map((file) => ({ ...file, name: file.n, kind: file.p, lines: texts(file.l), own: summed(file.a) }));
    this.values = new Pane("values", "Values", values, this);
    this.templates = new Pane("templates", "Templates", templates, this, { isTemplate: true });
    this.manifests = new Pane("manifests", "Manifests", objects, this);
    this.panes = [this.values, this.templates, this.manifests];
    this.active = null; // {pane, row}
    this.pinned = null;
    this.index();
    this.build();
  }

  // What leads to what

  /* Map from a place to what is there; a place is a file and a line. */
  static put(map, file, line, what) {
    const key = file * 0x200000 + line;
    const known = map.get(key);
    if (known) known.push(what);
    else map.set(key, [what]);
  }

  static at(map, file, line) {
    return map.get(file * 0x200000 + line) || [];
  }

  index() {
    const { data } = this;
    this.byTemplate = new Map(); // place -> rows of manifests
    this.byStatement = new Map(); // place -> rows of manifests around which the statement is
    this.statementsAt = new Map(); // place -> numbers of statements
    this.byValue = new Map(); // number of a path -> rows of manifests
    this.decides = new Map(); // the same, for what it decides about
    this.pathsAt = new Map(); // place in values -> numbers of paths
    this.statementsOf = new Map(); // number of a path -> numbers of statements
    this.overridden = new Map(); // place in values -> numbers of paths
    const add = (map, key, row) => (map.has(key) ? map.get(key).push(row) : map.set(key, [row]));
    data.statements.forEach(([file, line, values], number) => {
      ExplainPage.put(this.statementsAt, file, line, number);
      for (const path of data.lists[values]) add(this.statementsOf, path, number);
    });
    data.objects.forEach((object, number) => {
      const file = this.manifests.files[number];
      object.o.forEach((originNumber, at) => {
        const row = this.manifests.row(number, at + 1);
        const [template, includes, values, because, statements] = data.origins[originNumber];
        if (at >= file.lines.length) return;
        ExplainPage.put(this.byTemplate, template, file.own[at], row);
        const chain = data.lists[includes];
        for (let i = 0; i < chain.length; i += 2) ExplainPage.put(this.byTemplate, chain[i], chain[i + 1], row);
        for (const value of data.lists[values]) add(this.byValue, value, row);
        for (const value of data.lists[because]) add(this.decides, value, row);
        for (const statement of data.lists[statements]) {
          const [where, line] = data.statements[statement];
          ExplainPage.put(this.byStatement, where, line, row);
        }
      });
    });
    data.paths.forEach(([, , isMap, places], number) => {
      for (let i = 0; i < places.length; i += 2) {
        if (places[i] < 0) continue;
        ExplainPage.put(this.pathsAt, places[i], places[i + 1], number);
        if (i > 0 && !isMap) ExplainPage.put(this.overridden, places[i], places[i + 1], number);
      }
    });
    this.unused = [];
    this.values.files.forEach((file, number) => {
      for (const line of Object.keys(file.m)) this.unused.push(this.values.row(number, +line + 1));
    });
  }

  /* The places of a line of a manifest: [file, line] of its own template, then those of includes, innermost last. */
  chainOf(row) {
    const [number, line] = this.manifests.placeOf(row);
    const object = this.manifests.files[number];
    const origin = this.data.origins[object.o[line - 1]];
    if (!origin) return { chain: [], values: [], because: [], statements: [], isExact: true };
    const [template, includes, values, because, statements, isExact] = origin;
    const chain = [[template, object.own[line - 1]]];
    const rest = this.data.lists[includes];
    for (let i = 0; i < rest.length; i += 2) chain.push([rest[i], rest[i + 1]]);
    const { lists } = this.data;
    return { chain, values: lists[values], because: lists[because], statements: lists[statements], isExact: Boolean(isExact) };
  }

  placesOf(path) {
    const places = this.data.paths[path][3];
    const found = [];
    for (let i = 0; i < places.length; i += 2) found.push([places[i], places[i + 1]]);
    return found;
  }

  /* The numbers of the paths that a line of values sets: its own, and those below it; else those that it is below. */
  pathsOf(row) {
    const [number, line] = this.values.placeOf(row);
    const { d: depths } = this.values.files[number];
    const found = new Set(ExplainPage.at(this.pathsAt, number, line));
    const depth = depths[line - 1];
    if (depth) {
      for (let below = line + 1; below <= depths.length; below++) {
        if (depths[below - 1] && depths[below - 1] <= depth) break;
        for (const path of ExplainPage.at(this.pathsAt, number, below)) found.add(path);
      }
    }
    if (found.size) return { paths: found, above: 0 };
    let least = depth || Infinity;
    for (let above = line - 1; above > 0 && least > 1; above--) {
      const here = depths[above - 1];
      if (!here || here >= least) continue;
      least = here;
      const paths = ExplainPage.at(this.pathsAt, number, above);
      if (paths.length) return { paths: new Set(paths), above };
    }
    return { paths: found, above: 0 };
  }

  /* All that a line is connected with: rows of each pane, each with how it is lit. */
  linksOf(pane, row) {
    const lit = new Map(this.panes.map((one) => [one, new Map()]));
    const put = (target, at, kind, badge) => {
      const rows = lit.get(target);
      const known = rows.get(at);
      if (!known || known.kind === "weak" || (known.kind === "over" && kind === "hit")) rows.set(at, { kind, badge });
    };
    const putTemplate = (file, line, kind, badge) => this.templates.isRow(file, line) && put(this.templates, this.templates.row(file, line), kind, badge);
    const putPath = (path, kind) =>
      this.placesOf(path).forEach(([file, line], at) => {
        if (this.values.isRow(file, line)) put(this.values, this.values.row(file, line), kind === "hit" && at ? "over" : kind);
      });
    const [file, line] = pane.placeOf(row);
    if (pane === this.manifests) {
      const { chain, values, because, statements } = this.chainOf(row);
      chain.forEach(([where, at], step) => putTemplate(where, at, "hit", chain.length > 1 ? step + 1 : 0));
      for (const statement of statements) putTemplate(this.data.statements[statement][0], this.data.statements[statement][1], "weak");
      for (const path of values) putPath(path, "hit");
      for (const path of because) putPath(path, "weak");
    } else if (pane === this.templates) {
      const rows = ExplainPage.at(this.byTemplate, file, line);
      for (const one of rows) {
        put(this.manifests, one, "hit");
        for (const path of this.chainOf(one).values) putPath(path, "hit");
      }
      for (const one of ExplainPage.at(this.byStatement, file, line)) put(this.manifests, one, "weak");
      for (const statement of ExplainPage.at(this.statementsAt, file, line)) for (const path of this.data.lists[this.data.statements[statement][2]]) putPath(path, "hit");
      const decided = this.notRun(file, line);
      if (decided) {
        putTemplate(file, decided, "weak");
        for (const statement of ExplainPage.at(this.statementsAt, file, decided)) for (const path of this.data.lists[this.data.statements[statement][2]]) putPath(path, "weak");
      }
    } else {
      const { paths } = this.pathsOf(row);
      for (const path of paths) {
        for (const one of this.byValue.get(path) || []) {
          put(this.manifests, one, "hit");
          for (const [where, at] of this.chainOf(one).chain) putTemplate(where, at, "hit");
        }
        for (const one of this.decides.get(path) || []) put(this.manifests, one, "weak");
        for (const number of this.statementsOf.get(path) || []) putTemplate(this.data.statements[number][0], this.data.statements[number][1], "weak");
        putPath(path, "hit");
      }
    }
    lit.get(pane).set(row, { kind: "source" });
    return lit;
  }

  /* The line of the statement that kept a line of a template from running, or 0. */
  notRun(file, line) {
    const { f: parts } = this.templates.files[file];
    for (let i = 0; i < parts.length; i += 5) if (parts[i] < line && line <= parts[i + 2] + 1) return parts[i + 4] + 1;
    return 0;
  }

  // How lines look

  decorate(pane, number, line) {
    const file = pane.files[number];
    const classes = [];
    const marks = [];
    let [note, isQuiet] = ["", false];
    if (pane === this.templates) {
      const text = file.lines[line - 1];
      const [indent, end] = [text.length - text.trimStart().length, text.trimEnd().length];
      for (let i = 0; i < file.f.length; i += 5) {
        const [firstLine, firstColumn, lastLine, lastColumn] = file.f.slice(i, i + 4);
        if (line - 1 < firstLine || line - 1 > lastLine) continue;
        const start = line - 1 === firstLine ? firstColumn : 0;
        const stop = line - 1 === lastLine ? lastColumn : text.length;
        if (start <= indent && stop >= end) classes.push("dim");
        else marks.push([start, stop, "faded"]);
      }
    } else if (pane === this.values) {
      const state = file.s[line - 1];
      if (state) classes.push("dim");
      const text = file.lines[line - 1];
      if (state > 1) marks.push([text.length - text.trimStart().length, text.trimEnd().length, "struck"]);
      const said = file.m[line - 1];
      const overriding = ExplainPage.at(this.overridden, number, line);
      if (said) {
        note = file.k !== "flags" && said.includes("did you mean") ? said.slice(said.indexOf("did you mean")) : file.k === "flags" ? said : state === 3 ? "did nothing" : "no template reads this";
      } else if (overriding.length) {
        classes.push("dim");
        [note, isQuiet] = [`overridden by ${this.placeName(this.values, ...this.placesOf(overriding[0])[0], true)}`, true];
      }
    }
    return { classes, marks, note, isQuiet };
  }

  /* A place in short: the file's name, or all of a flag. */
  placeName(pane, file, line, isShort = false) {
    if (file < 0) return file === -1 && typeof line === "string" ? line : "a text that tpl ran";
    const { name, k: kind } = pane.files[file];
    if (kind === "flags") return pane.files[file].lines[line - 1];
    return `${isShort ? name.slice(name.lastIndexOf("/") + 1) : name}:${line}`;
  }

  // What is lit

  onPoint(pane, row) {
    if (this.pinned) return;
    if (row < 0 ? !this.active || this.active.pane !== pane : this.active && this.active.pane === pane && this.active.row === row) return;
    if (row < 0) this.show(null);
    else this.show({ pane, row });
  }

  onPin(pane, row) {
    const isSame = this.pinned && this.pinned.pane === pane && this.pinned.row === row;
    pane.cursor = row;
    this.pinned = isSame ? null : { pane, row };
    this.show({ pane, row });
  }

  onMove(pane, row) {
    if (this.pinned) this.pinned = { pane, row };
    this.show({ pane, row });
  }

  show(active) {
    this.active = active;
    const lit = active ? this.linksOf(active.pane, active.row) : null;
    for (const pane of this.panes) {
      const rows = lit ? lit.get(pane) : new Map();
      pane.light(rows);
      const count = [...rows.values()].filter(({ kind }) => kind !== "source").length;
      pane.counter.textContent = count ? plural(count, "line") : "";
    }
    clearTimeout(this.revealing);
    if (active) {
      const go = () => this.reveal(active.pane, lit);
      if (this.pinned) go();
      else this.revealing = setTimeout(go, REVEAL_AFTER);
    }
    this.tell();
  }

  /* Brings the first lit line of the other panes into sight, unless one is. */
  reveal(from, lit) {
    for (const pane of this.panes) {
      if (pane === from) continue;
      const rows = [...lit.get(pane)];
      const strong = rows.filter(([, { kind }]) => kind === "hit");
      const wanted = (strong.length ? strong : rows).map(([row]) => row);
      if (!wanted.length || wanted.some((row) => pane.isInSight(row))) continue;
      // of several includes, the innermost wrote the line
      const badges = strong.filter(([, { badge }]) => badge).sort((a, b) => b[1].badge - a[1].badge);
      pane.reveal(badges.length ? badges[0][0] : Math.min(...wanted));
    }
  }

  // What is said

  jump(pane, file, line, text) {
    if (!pane.isRow(file, line)) return el("span", { class: "over" }, text);
    return el("button", { class: "jump", type: "button", title: `${pane.files[file].name}:${line}`, on: { click: () => this.go(pane, pane.row(file, line)) } }, text);
  }

  go(pane, row) {
    if (pane.shown) this.setFilter(false);
    pane.cursor = row;
    pane.view.focus();
    pane.reveal(row);
    this.pinned = { pane, row };
    this.show({ pane, row });
  }

  valueItems(paths, most = MANY_PLACES) {
    const items = [];
    for (const path of paths.slice(0, most)) {
      const [name, value] = this.data.paths[path];
      const [first, ...others] = this.placesOf(path);
      items.push(el("li", {}, el("code", {}, `${name} = ${value}`), first ? this.jump(this.values, ...first, this.placeName(this.values, ...first)) : null));
      for (const other of others) items.push(el("li", { class: "over" }, "overrides ", this.jump(this.values, ...other, this.placeName(this.values, ...other))));
    }
    if (paths.length > most) items.push(el("li", { class: "over" }, `and ${plural(paths.length - most, "more value")}`));
    return el("ul", { class: "sources" }, ...items);
  }

  chainItems(chain) {
    return el(
      "ol",
      {},
      ...chain.map(([file, line], at) => {
        const text = this.templates.isRow(file, line) ? this.templates.files[file].lines[line - 1].trim() : "";
        return el("li", {}, chain.length > 1 ? el("span", { class: "step" }, String(at + 1)) : null, this.jump(this.templates, file, line, this.placeName(this.templates, file, line, true)), el("code", {}, text));
      }),
    );
  }

  objectItems(rows) {
    const counts = new Map();
    for (const row of rows) {
      const [file, line] = this.manifests.placeOf(row);
      if (counts.has(file)) counts.get(file).count++;
      else counts.set(file, { count: 1, line });
    }
    const items = [...counts].slice(0, MANY_OBJECTS).map(([file, { count, line }]) => el("li", {}, this.jump(this.manifests, file, line, this.manifests.files[file].name), el("code", { class: "over" }, plural(count, "line"))));
    if (counts.size > MANY_OBJECTS) items.push(el("li", { class: "over" }, `and ${plural(counts.size - MANY_OBJECTS, "more object")}`));
    return el("ul", {}, ...items);
  }

  tell() {
    const [values, templates, manifests] = [[], [], []];
    const { active } = this;
    if (!active) {
      values.push(el("p", { class: "hint" }, "Point at a line, and what it comes from or goes into lights up."));
      templates.push(el("p", { class: "hint" }, el("kbd", {}, "Enter"), " or a click pins a line, ", el("kbd", {}, "Esc"), " lets go, ", el("kbd", {}, "?"), " shows all keys."));
      if (this.data.absent.length) manifests.push(el("p", {}, `Subcharts that take no part: ${this.data.absent.join(", ")}.`));
    } else if (active.pane === this.manifests) this.tellManifest(active.row, values, templates, manifests);
    else if (active.pane === this.templates) this.tellTemplate(active.row, values, templates, manifests);
    else this.tellValue(active.row, values, templates, manifests);
    [values, templates, manifests].forEach((nodes, at) => this.details[at].replaceChildren(...nodes));
  }

  tellManifest(row, values, templates, manifests) {
    const { chain, values: paths, because, isExact } = this.chainOf(row);
    const [file, line] = this.manifests.placeOf(row);
    if (paths.length) values.push(el("h3", {}, isExact ? "From" : "From some of"), this.valueItems(paths));
    if (because.length) values.push(el("h3", {}, "Decided by"), this.valueItems(because));
    if (!paths.length && !because.length) values.push(el("p", {}, "No value is in this line, and none decides about it."));
    if (chain.length) templates.push(el("h3", {}, chain.length > 1 ? "Written through includes" : "Written by"), this.chainItems(chain));
    manifests.push(el("h3", { class: "name" }, `${this.manifests.files[file].name}, line ${line}`), el("code", {}, this.manifests.text(row).trim().slice(0, 400)));
  }

  tellTemplate(row, values, templates, manifests) {
    const [file, line] = this.templates.placeOf(row);
    const rows = ExplainPage.at(this.byTemplate, file, line);
    const around = ExplainPage.at(this.byStatement, file, line);
    const statements = ExplainPage.at(this.statementsAt, file, line);
    const decided = this.notRun(file, line);
    const paths = new Set(rows.flatMap((one) => [...this.chainOf(one).values]));
    const deciding = new Set(statements.flatMap((one) => [...this.data.lists[this.data.statements[one][2]]]));
    templates.push(el("h3", { class: "name" }, `${this.templates.files[file].name}, line ${line}`), el("code", {}, this.templates.text(row).trim().slice(0, 400)));
    if (decided) {
      const isDefine = /\{\{-?\s*(define|block)\b/.test(this.templates.text(this.templates.row(file, decided)));
      const line1 = this.templates.text(this.templates.row(file, decided)).trim();
      const why = decided === 1 && !/\{\{/.test(line1) ? ["This template did not run."] : [isDefine ? "Nothing included this: " : "Not taken: ", this.jump(this.templates, file, decided, `line ${decided}`)];
      templates.push(el("p", { class: "warn" }, ...why), el("code", {}, line1.slice(0, 300)));
      for (const one of ExplainPage.at(this.statementsAt, file, decided)) for (const path of this.data.lists[this.data.statements[one][2]]) deciding.add(path);
    }
    if (paths.size) values.push(el("h3", {}, "From"), this.valueItems([...paths]));
    if (deciding.size) values.push(el("h3", {}, "Decided by"), this.valueItems([...deciding]));
    if (rows.length) manifests.push(el("h3", {}, `Writes ${plural(rows.length, "line")}`), this.objectItems(rows));
    if (around.length) manifests.push(el("h3", {}, `Decides about ${plural(around.length, "line")}`), this.objectItems(around));
    if (!rows.length && !around.length) manifests.push(el("p", {}, "Writes no line of a manifest."));
  }

  tellValue(row, values, templates, manifests) {
    const [file, line] = this.values.placeOf(row);
    const { paths, above } = this.pathsOf(row);
    const said = this.values.files[file].m[line - 1];
    const state = this.values.files[file].s[line - 1];
    if (said) values.push(el("p", { class: "warn" }, `${said[0].toUpperCase()}${said.slice(1)}.`));
    else if (state === 1) values.push(el("p", {}, "No template that ran has read this default."));
    else if (state) values.push(el("p", { class: "warn" }, "This did nothing."));
    if (above) values.push(el("p", {}, "It was read as a part of ", this.jump(this.values, file, above, `line ${above}`), "."));
    if (paths.size) values.push(el("h3", {}, "Set"), this.valueItems([...paths]));
    else if (!said && !state) values.push(el("p", {}, "No line comes from this."));
    const rows = new Set([...paths].flatMap((path) => this.byValue.get(path) || []));
    const decides = new Set([...paths].flatMap((path) => this.decides.get(path) || []));
    const inner = new Map();
    for (const one of rows) {
      const { chain } = this.chainOf(one);
      const last = chain[chain.length - 1];
      if (last) inner.set(last.join(), last);
    }
    if (inner.size) templates.push(el("h3", {}, "Goes through"), this.chainPlaces([...inner.values()]));
    if (rows.size) manifests.push(el("h3", {}, `Goes into ${plural(rows.size, "line")}`), this.objectItems(rows));
    if (decides.size) manifests.push(el("h3", {}, `Decides about ${plural(decides.size, "line")}`), this.objectItems(decides));
  }

  chainPlaces(places) {
    const items = places.slice(0, MANY_PLACES).map(([file, line]) => {
      const text = this.templates.isRow(file, line) ? this.templates.files[file].lines[line - 1].trim() : "";
      return el("li", {}, this.jump(this.templates, file, line, this.placeName(this.templates, file, line, true)), el("code", {}, text));
    });
    if (places.length > MANY_PLACES) items.push(el("li", { class: "over" }, `and ${places.length - MANY_PLACES} more`));
    return el("ul", {}, ...items);
  }

  // The page around it

  build() {
    const { data } = this;
    const count = this.manifests.files.reduce((sum, file) => sum + file.lines.length, 0);
    this.input = el("input", { type: "search", placeholder: "Search  /", "aria-label": "Search values, templates and manifests", spellcheck: "false", autocomplete: "off" });
    this.tally = el("output", { "aria-live": "polite" });
    this.filter = el("button", { class: "button", type: "button", "aria-pressed": "false", title: "Show matching lines only (f)", on: { click: () => this.setFilter(this.filter.getAttribute("aria-pressed") !== "true") } }, "Filter");
    this.keys = keysDialog(
      [
        ["↑ ↓ k j", "previous and next line"],
        ["PgUp PgDn Home End", "further"],
        ["Tab Shift+Tab", "next and previous column, at the line that is lit"],
        ["Enter", "pin the line; click does the same"],
        ["Esc", "let go of the line, or of the search"],
        ["n p", "next and previous lit line of the column"],
        ["u", "next value that did nothing"],
        ["/", "search; Enter and Shift+Enter go through the matches"],
        ["f", "show matching lines only"],
        ["t", "light or dark"],
      ],
      el("p", {}, el("span", { class: "legend source" }), " this line  ", el("span", { class: "legend hit" }), " comes from it, or goes into it  ", el("span", { class: "legend weak" }), " decides about it, or is overridden"),
      el("p", {}, "Grey lines of templates did not run. Grey values were read by nothing that ran; those of yours are struck through."),
      el("p", {}, "This file contains the chart's values, secret ones among them. It asks for nothing from a network."),
    );
    const help = el("button", { class: "button", type: "button", "aria-haspopup": "dialog", title: "Keys (?)", on: { click: () => this.keys.showModal() } }, "?");
    this.theme = themeButton();
    const name = el("h1");
    appendText(name, data.name, []);
    const about = el("span", { class: "about" });
    const chart = data.name === data.chart ? "" : `${data.chart} `;
    appendText(about, `${chart}${data.version} · ${plural(data.objects.length, "object")} · ${plural(count, "line")}`, []);
    const unused = this.unused.length ? el("button", { class: "button warn", type: "button", title: "Next of them (u)", on: { click: () => this.nextUnused() } }, `${plural(this.unused.length, "value")} did nothing`) : null;
    const bar = el("header", { class: "bar" }, name, about, unused, el("span", { class: "space" }), el("form", { class: "search", role: "search", on: { submit: (event) => event.preventDefault() } }, this.tally, this.input, this.filter), this.theme, help);
    if (data.leftOut.length) bar.append(el("div", { class: "left-out" }, `Left out, so that this page stays below 2 MB: ${data.leftOut.join("; ")}.`));
    this.columns = el("main", { class: "columns" }, ...this.panes.map((pane) => pane.node));
    this.details = ["values", "templates", "manifests"].map((title) => el("section", { tabindex: 0, "aria-label": `About the line: ${title}` }));
    this.status = el("footer", { class: "details", "aria-label": "About the line" }, ...this.details);
    document.body.append(bar, this.columns, this.status, this.keys);
    for (const pane of this.panes) pane.start();
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.nextMatch(event.shiftKey ? -1 : 1);
      if (event.key === "Escape") {
        this.input.value = "";
        this.search();
        this.manifests.view.focus();
        event.stopPropagation();
      }
    });
    document.addEventListener("keydown", (event) => this.onKey(event));
    this.tell();
  }

  setFilter(isOn) {
    this.filter.setAttribute("aria-pressed", String(isOn));
    this.search();
  }

  search() {
    const query = this.input.value.trim();
    for (const pane of this.panes) pane.search(query, this.filter.getAttribute("aria-pressed") === "true");
    const total = this.panes.reduce((sum, pane) => sum + pane.found.length, 0);
    this.matchAt = -1;
    this.tally.textContent = query ? plural(total, "match").replace("matchs", "matches") : "";
    const first = this.panes.find((pane) => pane.found.length);
    for (const pane of this.panes) if (first && pane.found.length && !pane.found.some((row) => pane.isInSight(row))) pane.reveal(pane.found[0]);
  }

  nextMatch(by) {
    const all = this.panes.flatMap((pane) => pane.found.map((row) => ({ pane, row })));
    if (!all.length) return;
    this.matchAt = (this.matchAt + by + (this.matchAt < 0 && by < 0 ? 1 : 0) + all.length) % all.length;
    const { pane, row } = all[this.matchAt];
    pane.cursor = row;
    pane.reveal(row);
    this.pinned = { pane, row };
    this.show({ pane, row });
    this.tally.textContent = `${(this.matchAt + 1).toLocaleString("en")} of ${all.length.toLocaleString("en")}`;
  }

  nextUnused() {
    if (!this.unused.length) return;
    this.unusedAt = ((this.unusedAt ?? -1) + 1) % this.unused.length;
    this.go(this.values, this.unused[this.unusedAt]);
  }

  letGo() {
    if (this.pinned) {
      this.pinned = null;
      this.show(null);
    } else if (this.input.value) {
      this.input.value = "";
      this.search();
    } else this.show(null);
  }

  onKey(event) {
    if (this.keys.open || event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target.matches("input, select");
    const pane = this.panes.find((one) => one.view === document.activeElement);
    if (event.key === "Escape") return this.letGo();
    if (isTyping) return;
    const anywhere = {
      "/": () => (this.input.focus(), this.input.select()),
      "?": () => this.keys.showModal(),
      t: () => this.theme.click(),
      f: () => this.filter.click(),
      u: () => this.nextUnused(),
    };
    const page = pane ? Math.max(1, Math.floor(pane.view.clientHeight / pane.height) - 3) : 1;
    const lit = () => (pane.query ? pane.found : [...pane.lit].filter(([, { kind }]) => kind !== "source").map(([row]) => row));
    const inPane = {
      ArrowDown: () => pane.move(1),
      j: () => pane.move(1),
      ArrowUp: () => pane.move(-1),
      k: () => pane.move(-1),
      PageDown: () => pane.move(page),
      PageUp: () => pane.move(-page),
      Home: () => pane.move(-Infinity),
      End: () => pane.move(Infinity),
      Enter: () => pane.cursor >= 0 && this.onPin(pane, pane.cursor),
      " ": () => pane.cursor >= 0 && this.onPin(pane, pane.cursor),
      n: () => pane.step(lit(), 1),
      p: () => pane.step(lit(), -1),
      Tab: () => this.toPane(this.panes.indexOf(pane) + (event.shiftKey ? -1 : 1)),
    };
    if (event.key === "Tab" && (!pane || !this.panes[this.panes.indexOf(pane) + (event.shiftKey ? -1 : 1)])) return;
    const act = (pane && inPane[event.key]) || anywhere[event.key] || (!pane && event.target === document.body && ["j", "k", "ArrowDown", "ArrowUp"].includes(event.key) ? () => this.toPane(2) : null);
    if (!act) return;
    event.preventDefault();
    act();
  }

  toPane(number) {
    const pane = this.panes[number];
    pane.node.scrollIntoView({ block: "nearest", inline: "nearest" });
    pane.view.focus();
  }
}

pageData().then(
  (data) => (window.page = new ExplainPage(data)),
  (error) => document.body.append(el("p", { class: "message" }, `This browser cannot read the page: ${error.message}. It needs DecompressionStream (2023).`)),
);
