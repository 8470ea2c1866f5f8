// Puts the page together.

const SITE_NOUNS = { function: "Function", line: "Line", module: "File", thread: "Thread" };

class App {
  constructor(profile) {
    this.profile = profile;
    this.merge = "function";
    this.byThread = profile.start.byThread;
    this.byProcess = profile.start.byProcess;
    this.unit = "samples";
    this.view = "flame";
    this.search = null;
    this.tooltip = new Tooltip();
    this.theme = new Theme(() => this.recolor());
    this.threadMenu = new ThreadMenu(profile, () => this.rebuild());
    this.flame = this.createFlame();
    this.table = new FunctionTable(byId("function-table"), {
      onSelect: site => this.selectSite(site),
      onOpen: site => this.findInFlame(site),
      valueOf: weight => this.valueOf(weight),
    });
    this.sandwich = this.createSandwich();
    this.source = new SourceView(profile, { amountOf: weight => this.amountOf(weight) });
    this.about = fillAbout(profile);
    showWarnings(profile.warnings);
    this.listen();
    this.recolor();
    this.rebuild();
  }

  createFlame() {
    return new FlameGraph(byId("flame"), {
      label: "Flame graph", icicle: this.profile.start.icicle, rootLabel: "all", colors: () => this.colors,
      onHover: (node, event) => this.hover(this.flame, node, event, this.whole),
      onSelect: node => this.describe(node),
      onZoom: focus => this.showBreadcrumbs(focus),
      onOpen: node => this.openCallers(node),
    });
  }

  createSandwich() {
    return new Sandwich({
      colors: () => this.colors,
      onHover: (graph, node, event, whole) => this.hover(graph, node, event, whole),
      onSelectSite: site => {
        this.table.select(site)?.scrollIntoView({ block: "nearest" });
        this.selectSite(site);
      },
      onFind: site => this.findInFlame(site),
      onSource: site => this.openSource(site),
      hasSource: site => this.canShowSource(site),
      amountOf: weight => this.amountOf(weight),
    });
  }

  listen() {
    for (const name of ["flame", "functions", "source"]) {
      byId(`tab-${name}`).addEventListener("click", () => this.showView(name));
    }
    byId("tabs").addEventListener("keydown", event => this.onTabKey(event));
    byId("tab-source").hidden = !this.source.isPossible;
    for (const input of document.querySelectorAll('input[name="merge"]')) {
      input.addEventListener("change", () => this.setMerge(input.value));
    }
    this.hideUseless();
    byId("by-thread").checked = this.byThread;
    byId("by-thread").addEventListener("change", event => {
      this.byThread = event.target.checked;
      this.rebuild();
    });
    for (const input of document.querySelectorAll('input[name="orientation"]')) {
      input.checked = (input.value === "icicle") === this.flame.icicle;
      input.addEventListener("change", () => this.flame.setIcicle(input.value === "icicle"));
    }
    byId("unit").addEventListener("change", event => this.setUnit(event.target.value));
    byId("reset").addEventListener("click", () => this.flame.zoomTo(0));
    byId("search").addEventListener("input", () => this.applySearch());
    byId("search").addEventListener("keydown", event => this.onSearchKey(event));
    byId("search-clear").addEventListener("click", () => this.setSearch(""));
    document.addEventListener("keydown", event => this.onKey(event));
    listenForPrinting(this.profile, () => ({
      graph: this.flame, table: this.table, whole: this.whole, search: this.search?.query ?? null,
      colors: this.colorsOf(false), valueOf: weight => this.valueOf(weight),
    }));
  }

  /** Controls that can change nothing in this profile are not shown. */
  hideUseless() {
    byId("merge-line").hidden = !this.source.isPossible;
    byId("merge-module").hidden = this.profile.files.length < 2;
    const oneThread = this.threadMenu.order.length < 2;
    byId("thread-menu").hidden = oneThread;
    byId("by-thread-label").hidden = oneThread;
    byId("unit").hidden = this.profile.intervalNanoseconds === 0;
  }

  /** Builds everything anew from the selected threads and the way of merging. */
  rebuild() {
    const { merge, byThread, byProcess } = this;
    const { threads } = this.threadMenu;
    this.tree = buildCallTree(this.profile, { merge, byThread, byProcess, threads });
    this.whole = this.tree.total[0];
    this.totals = sumBySite(this.tree);
    this.flame.setTree(this.tree, `all — ${plural(this.whole, "sample")}`);
    this.table.setTree(this.tree, this.totals, this.whole, SITE_NOUNS[merge]);
    this.sandwich.clear();
    this.source.setThreads(threads, this.whole);
    this.describe(-1);
    byId("nothing").hidden = this.whole > 0;
    if (this.view === "source") {
      this.source.show();
    } else if (this.view === "functions") {
      this.selectFirst();
    }
    this.applySearch();
  }

  setMerge(merge) {
    this.merge = merge;
    this.rebuild();
  }

  setUnit(unit) {
    this.unit = unit;
    this.table.render();
    this.describe(this.flame.cursor);
  }

  valueOf(weight) {
    return this.unit === "time" ? formatTime(weight * this.profile.intervalNanoseconds) : formatCount(weight);
  }

  /** The value with what it counts, for a sentence. */
  amountOf(weight) {
    return this.unit === "time" ? this.valueOf(weight) : plural(weight, "sample");
  }

  showView(name) {
    this.view = name;
    document.body.dataset.view = name;
    for (const view of ["flame", "functions", "source"]) {
      byId(`view-${view}`).hidden = view !== name;
      byId(`tab-${view}`).setAttribute("aria-selected", String(view === name));
      byId(`tab-${view}`).tabIndex = view === name ? 0 : -1;
    }
    this.tooltip.hide();
    if (name === "source") {
      this.source.show();
    } else if (name === "functions" && this.table.selected < 0) {
      this.selectFirst();
    }
    this.showMatched();
  }

  onTabKey(event) {
    const views = ["flame", "functions", "source"].filter(view => !byId(`tab-${view}`).hidden);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const next = views[(views.indexOf(this.view) + step + views.length) % views.length];
      this.showView(next);
      byId(`tab-${next}`).focus();
    }
  }

  onKey(event) {
    const typing = event.target.matches("input[type=search], select, textarea");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f" && !event.shiftKey && this.view !== "source") {
      event.preventDefault();
      this.focusSearch();
    } else if (typing || event.ctrlKey || event.metaKey || event.altKey || this.about.open) {
      return;
    } else if (event.key === "/") {
      event.preventDefault();
      this.focusSearch();
    } else if (event.key === "Escape") {
      this.flame.zoomTo(0);
      this.setSearch("");
    } else {
      const action = {
        1: () => this.showView("flame"),
        2: () => this.showView("functions"),
        3: () => this.source.isPossible && this.showView("source"),
        i: () => this.flipOrientation(),
        t: () => this.theme.toggle(),
        c: () => this.openCallers(this.flame.cursor),
        s: () => this.openSourceOf(this.flame.cursor),
        n: () => this.view === "source" && this.source.step(1),
        p: () => this.view === "source" && this.source.step(-1),
        "?": () => this.about.showModal(),
      }[event.key];
      action?.();
    }
  }

  flipOrientation() {
    const wanted = this.flame.icicle ? "flame" : "icicle";
    document.querySelector(`input[name="orientation"][value="${wanted}"]`).click();
  }

  focusSearch() {
    byId("search").focus();
    byId("search").select();
  }

  onSearchKey(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (byId("search").value === "") {
        byId("search").blur();
      }
      this.setSearch("");
    } else if (event.key === "Enter") {
      this.goToMatch(event.shiftKey ? -1 : 1);
    }
  }

  setSearch(query) {
    byId("search").value = query;
    this.applySearch();
  }

  applySearch() {
    this.search = compileSearch(byId("search").value);
    const matches = this.search === null ? null : matchSites(this.search, this.tree.sites);
    this.flame.setMatches(matches);
    this.table.setMatches(matches);
    this.source.setSearch(this.search);
    this.matched = matches === null ? null : matchedShare(this.tree, matches);
    this.siteMatches = matches;
    this.showMatched();
  }

  showMatched() {
    byId("search-clear").hidden = this.search === null;
    const plain = this.search?.plain ? "as plain text: " : "";
    const text = this.search === null
      ? ""
      : this.view === "source"
        ? `${plain}${plural(this.source.matchCount ?? 0, "line")} of this file`
        : this.matched.frames === 0
          ? `${plain}no match`
          : `${plain}${formatShare(this.matched.weight, this.whole)} of samples, ${plural(this.matched.frames, "frame")}`;
    byId("matched").textContent = text;
    byId("search").classList.toggle("without-match", this.search !== null && this.matched.frames === 0);
  }

  /** Selects the next frame that matches, from left to right and from the root on. */
  goToMatch(step) {
    if (this.siteMatches === null || this.matched.frames === 0 || this.view !== "flame") {
      return;
    }
    const { tree } = this;
    let node = this.flame.cursor < 0 ? 0 : this.flame.cursor;
    do {
      node = (node + step + tree.count) % tree.count;
    } while (node === 0 || !this.siteMatches[tree.site[node]]);
    walkTo(this.flame, node);
  }

  hover(graph, node, event, whole) {
    if (node < 0 || event === null) {
      this.tooltip.hide();
      return;
    }
    const interval = this.profile.intervalNanoseconds;
    const timeOf = weight => (interval > 0 ? ` · ${formatTime(weight * interval)}` : "");
    this.tooltip.show(event, ...nodeDescription(graph.tree, node, whole, graph.options.rootLabel, timeOf));
  }

  /** The strip below the flame graph: what is selected, and what can be done with it. */
  describe(node) {
    const strip = byId("selection");
    strip.classList.toggle("empty", node < 0);
    const site = node > 0 ? this.tree.sites[this.tree.site[node]] : null;
    byId("selection-name").textContent = node < 0 ? "" : site ? site.fullName : "all";
    byId("selection-place").textContent = !site || site.path === "" ? "" : site.line > 0 ? `${site.path}:${site.line}` : site.path;
    byId("selection-values").textContent = node < 0
      ? ""
      : `own ${formatShare(this.tree.own[node], this.whole)} (${this.amountOf(this.tree.own[node])}), `
        + `total ${formatShare(this.tree.total[node], this.whole)} (${this.amountOf(this.tree.total[node])})`;
    byId("selection-callers").onclick = () => this.openCallers(node);
    byId("selection-callers").hidden = !site;
    byId("selection-source").onclick = () => this.openSourceOf(node);
    byId("selection-source").hidden = !site || !this.canShowSource(site);
  }

  showBreadcrumbs(focus) {
    const { tree } = this;
    const path = pathTo(tree, focus);
    // A long path keeps its ends.
    const shown = path.length > 12 ? [...path.slice(0, 3), -1, ...path.slice(-8)] : path;
    byId("breadcrumbs").replaceChildren(...shown.map(node => {
      if (node < 0) {
        return element("li", { className: "muted" }, "…");
      }
      const name = node === 0 ? "all" : tree.sites[tree.site[node]].name;
      const last = node === focus;
      return element(
        "li", {},
        element(
          "button", { type: "button", "aria-current": last ? "true" : null, onclick: () => this.flame.zoomTo(node) },
          element("bdi", {}, name)),
      );
    }));
    byId("reset").disabled = focus === 0;
  }

  selectFirst() {
    const first = this.table.visibleRows()[0];
    if (first) {
      this.table.select(first.index);
      this.selectSite(first.index);
    }
  }

  selectSite(site) {
    this.sandwich.show(this.tree, site, this.totals, this.whole);
  }

  openCallers(node) {
    if (node > 0) {
      const site = this.tree.site[node];
      this.showView("functions");
      this.table.select(site)?.scrollIntoView({ block: "nearest" });
      this.selectSite(site);
    }
  }

  /** Searches for exactly this function. */
  findInFlame(site) {
    const { fullName, name, path, line } = this.tree.sites[site];
    const names = fullName === name ? name : `${name} ${fullName}`;
    const place = path === "" ? "" : ` ${path}${line > 0 ? `:${line}` : ""}`;
    this.showView("flame");
    this.setSearch(`^${escapePattern(names + place)}$`);
  }

  canShowSource(site) {
    return site.file > 0 && site.kind === Kind.python && this.source.isPossible;
  }

  openSourceOf(node) {
    const site = node > 0 ? this.tree.sites[this.tree.site[node]] : null;
    if (site && this.canShowSource(site)) {
      this.openSource(site);
    }
  }

  openSource(site) {
    this.showView("source");
    this.source.open(site.file, site.line);
  }

  recolor() {
    this.colors = this.colorsOf(this.theme?.isDark ?? false);
    this.flame?.redraw();
    this.sandwich?.redraw();
  }

  colorsOf(dark) {
    const { palette } = this.profile;
    return {
      palette: dark ? palette.dark : palette.light,
      theme: {
        text: dark ? "#fafaf9" : "#1c1917",
        frameText: dark ? palette.darkText : palette.lightText,
        muted: dark ? "#a8a29e" : "#6b655f",
        accent: dark ? "#ff9d47" : "#c2410c",
        faded: dark ? "#2c2a29" : "#ebe8e4",
        match: dark ? "#ffb020" : "#ff9500",
        matchText: "#1c1917",
      },
    };
  }
}

async function start() {
  const status = byId("loading");
  try {
    if (typeof DecompressionStream === "undefined") {
      throw new Error("This browser is too old for this page: it cannot unpack compressed data.");
    }
    const profile = await readProfile(byId("payload").textContent);
    byId("payload").remove();
    const app = new App(profile);
    app.showView("flame");
    status.remove();
    document.body.classList.add("ready");
  } catch (error) {
    status.textContent = `The profile could not be shown. ${error.message}`;
    throw error;
  }
}

start();
