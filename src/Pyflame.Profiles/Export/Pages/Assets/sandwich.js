// One function between its callers and its callees.

/** `options`: colors(), onHover, onSelectSite(site), onFind(site), onSource(site), hasSource(site), amountOf(weight). */
class Sandwich {
  constructor(options) {
    this.options = options;
    this.panel = byId("sandwich");
    this.title = byId("sandwich-title");
    this.actions = byId("sandwich-actions");
    this.callers = this.graph("sandwich-callers", "Callers", false);
    this.callees = this.graph("sandwich-callees", "Callees", true);
  }

  graph(id, label, icicle) {
    const graph = new FlameGraph(byId(id), {
      label, icicle, rootLabel: "", colors: this.options.colors,
      onHover: (node, event) => this.options.onHover(graph, node, event, this.whole),
      onOpen: node => this.openSite(graph, node),
    });
    return graph;
  }

  openSite(graph, node) {
    if (node > 0) {
      this.options.onSelectSite(graph.tree.site[node]);
    }
  }

  clear() {
    this.panel.classList.add("empty");
  }

  show(tree, site, totals, whole) {
    const { own, total } = totals;
    const shown = tree.sites[site];
    this.whole = whole;
    this.panel.classList.remove("empty");
    this.title.replaceChildren(
      element("h2", {}, element("bdi", {}, shown.fullName)),
      element("p", { className: "muted" }, element("bdi", {}, shown.path === "" ? "" : shown.line > 0 ? `${shown.path}:${shown.line}` : shown.path)),
      element(
        "p", { className: "numbers" },
        "Own ", element("b", {}, formatShare(own[site], whole)), ` ${this.options.amountOf(own[site])}`,
        element("span", { className: "separator" }),
        "Total ", element("b", {}, formatShare(total[site], whole)), ` ${this.options.amountOf(total[site])}`,
      ),
    );
    this.actions.replaceChildren(
      element("button", { type: "button", onclick: () => this.options.onFind(site) }, "Find in flame graph"),
      this.options.hasSource(shown)
        ? element("button", { type: "button", onclick: () => this.options.onSource(shown) }, "Show source")
        : "",
    );
    const { callers, callees } = buildSandwich(tree, site);
    // Callers take the room they need, up to about half, and callees the rest.
    byId("sandwich-callers").style.flexBasis = `${Math.max(2, callers.levels.length) * ROW_HEIGHT + 4}px`;
    this.callers.setTree(callers, shown.fullName, site);
    this.callees.setTree(callees, shown.fullName, site);
  }

  redraw() {
    this.callers.redraw();
    this.callees.redraw();
  }
}
