// The source heat view: the lines of a file with their own and total time.

/** `options`: amountOf(weight), the text of a weight. */
class SourceView {
  constructor(profile, options) {
    this.profile = profile;
    this.options = options;
    this.list = byId("source-files");
    this.choice = byId("source-choice");
    this.code = byId("source-code");
    this.head = byId("source-head");
    this.sources = new Map(profile.sources.map(source => [source.file, source]));
    this.file = -1;
    this.search = null;
    this.choice.addEventListener("change", () => this.open(Number(this.choice.value)));
    byId("source-next").addEventListener("click", () => this.step(1));
    byId("source-previous").addEventListener("click", () => this.step(-1));
  }

  /** Whether any line is known at all; without, there is no such view. */
  get isPossible() {
    return this.profile.frameLine.some(line => line > 0);
  }

  setThreads(threads, whole) {
    this.threads = threads;
    this.whole = whole;
    this.stale = true;
  }

  /** Shows the list of files and, unless one is open already, the hottest. */
  show() {
    if (this.stale) {
      this.stale = false;
      this.files = sumByFile(this.profile, this.threads).sort((a, b) => b.own - a.own || b.total - a.total);
      this.renderList();
      const known = this.files.some(entry => entry.file === this.file);
      this.open(known ? this.file : this.files.find(entry => this.sources.has(entry.file))?.file ?? this.files[0]?.file ?? -1);
    }
  }

  renderList() {
    const most = this.files[0]?.own ?? 0;
    this.list.replaceChildren(...this.files.map(entry => this.listItem(entry, most)));
    this.choice.replaceChildren(...this.files.map(entry => element(
      "option", { value: entry.file }, `${formatShare(entry.own, this.whole)}  ${this.profile.files[entry.file][1]}`)));
  }

  listItem(entry, most) {
    const [path, label] = this.profile.files[entry.file];
    const bar = element("span", { className: "bar" });
    bar.style.width = `${most > 0 ? (100 * entry.own) / most : 0}%`;
    const button = element(
      "button", { type: "button", title: path, onclick: () => this.open(entry.file) }, bar,
      element("span", { className: "file-name" }, element("bdi", {}, label)),
      element("span", { className: "share" }, formatShare(entry.own, this.whole)),
    );
    button.classList.toggle("without-source", !this.sources.has(entry.file));
    button.dataset.file = entry.file;
    return element("li", {}, button);
  }

  /** Opens a file, and scrolls to a line or to the hottest one. */
  open(file, line = 0) {
    this.file = file;
    for (const button of this.list.querySelectorAll("button")) {
      button.setAttribute("aria-current", String(Number(button.dataset.file) === file));
    }
    this.choice.value = String(file);
    if (file < 0) {
      this.head.replaceChildren();
      this.code.replaceChildren(element("p", { className: "empty" }, "No Python code was sampled in the selected threads."));
      return;
    }
    this.lines = sumByLine(this.profile, this.threads, file);
    this.hottest = [...this.lines.values()].filter(entry => entry.total > 0).sort((a, b) => b.own - a.own || b.total - a.total);
    this.rows = new Map();
    this.renderHead();
    this.renderCode();
    this.at = 0;
    this.reveal(line > 0 ? line : this.hottest[0]?.number ?? 1);
  }

  renderHead() {
    const [path] = this.profile.files[this.file];
    const entry = this.files.find(candidate => candidate.file === this.file);
    const source = this.sources.get(this.file);
    this.head.replaceChildren(
      element("h2", {}, element("bdi", {}, path)),
      element(
        "p", { className: "muted" },
        `Own ${formatShare(entry?.own ?? 0, this.whole)}, total ${formatShare(entry?.total ?? 0, this.whole)}`
        + (source ? "" : " — the source could not be read; these are the lines that were sampled"),
      ),
      source?.changed
        ? element("p", { className: "warning" }, "This file has changed since it was recorded: lines may not be the ones that ran.")
        : "",
    );
  }

  renderCode() {
    const body = element("tbody");
    const source = this.sources.get(this.file);
    const most = this.hottest.reduce((largest, line) => Math.max(largest, line.own), 0);
    const mostTotal = this.hottest.reduce((largest, line) => Math.max(largest, line.total), 0);
    const scale = { own: most || 1, total: mostTotal || 1 };
    if (source) {
      let expected = 1;
      for (const [first, text] of source.blocks) {
        if (first > expected) {
          body.append(gapRow(first - expected));
        }
        const tokens = new PythonTokens();
        let number = first;
        for (const line of text.split("\n")) {
          body.append(this.codeRow(number++, tokens.line(line), scale));
        }
        expected = number;
      }
      if (expected <= source.lineCount) {
        body.append(gapRow(source.lineCount - expected + 1));
      }
    } else {
      for (const line of [...this.lines.values()].sort((a, b) => a.number - b.number)) {
        body.append(this.codeRow(line.number, [`in ${[...line.names].join(", ")}`], scale));
      }
    }
    const heading = (text, className) => element("th", { scope: "col", className }, text);
    this.code.replaceChildren(element(
      "table", { className: "code" },
      element("caption", { className: "visually-hidden" }, "Lines with their own and total time"),
      element("thead", {}, element("tr", {}, heading("Own", "number"), heading("Total", "number"), heading("Line", "number"), heading("Code", ""))),
      body,
    ));
    this.markMatches();
  }

  codeRow(number, content, scale) {
    const line = this.lines.get(number);
    const value = (weight, largest, title) => {
      const cell = element("td", { className: "number heat" }, weight > 0 ? formatShare(weight, this.whole) : "");
      if (weight > 0) {
        cell.style.setProperty("--heat", `${Math.round(8 + 62 * Math.sqrt(weight / largest))}%`);
        cell.title = `${title}: ${this.options.amountOf(weight)}`;
      }
      return cell;
    };
    const row = element(
      "tr", {},
      value(line?.own ?? 0, scale.own, "Own"),
      value(line?.total ?? 0, scale.total, "Total"),
      element("td", { className: "number line-number" }, String(number)),
      element("td", { className: "text" }, element("code", {}, ...content)),
    );
    if (line && line.total > 0) {
      row.className = "sampled";
      row.style.setProperty("--heat", `${Math.round(22 * Math.sqrt(line.own / scale.own))}%`);
      this.rows.set(number, row);
    }
    row.dataset.line = number;
    return row;
  }

  /** Goes to the next or previous of the hottest lines. */
  step(by) {
    if (this.hottest?.length > 0) {
      this.at = (this.at + by + this.hottest.length) % this.hottest.length;
      this.reveal(this.hottest[this.at].number);
    }
  }

  reveal(line) {
    const row = this.code.querySelector(`tr[data-line="${line}"]`);
    this.code.querySelector("tr.current")?.classList.remove("current");
    row?.classList.add("current");
    row?.scrollIntoView({ block: "center" });
  }

  setSearch(search) {
    this.search = search;
    this.markMatches();
  }

  /** Marks the lines that match the search, and tells how many do. */
  markMatches() {
    let count = 0;
    for (const row of this.code.querySelectorAll("tbody tr[data-line]")) {
      const matches = this.search !== null && this.search.pattern.test(row.lastElementChild.textContent);
      row.classList.toggle("match", matches);
      count += matches ? 1 : 0;
    }
    this.matchCount = count;
    return count;
  }
}

function gapRow(count) {
  return element(
    "tr", { className: "gap" },
    element("td", { colSpan: 4 }, `${plural(count, "line")} without samples nearby ${count === 1 ? "is" : "are"} not included`));
}
