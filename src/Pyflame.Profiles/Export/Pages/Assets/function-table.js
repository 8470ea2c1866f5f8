// The table of the hottest functions, or of whatever frames are merged by.

const FIRST_ROWS = 250;

const COLUMNS = [
  { key: "own", label: "Own", title: "Time in the function itself", numeric: true },
  { key: "total", label: "Total", title: "Time in the function and in what it called", numeric: true },
  { key: "name", label: "Function", numeric: false },
  { key: "place", label: "File", numeric: false },
];

/** `options`: onSelect(site), onOpen(site), valueOf(weight), which gives the text of a weight. */
class FunctionTable {
  constructor(host, options) {
    this.options = options;
    this.sortKey = "own";
    this.descending = true;
    this.selected = -1;
    this.limit = FIRST_ROWS;
    this.body = element("tbody");
    this.headers = COLUMNS.map(column => this.header(column));
    this.caption = element("caption", { className: "visually-hidden" }, "Hottest functions");
    this.more = element("button", { type: "button", className: "more", hidden: true, onclick: () => this.showAll() });
    host.replaceChildren(
      element("table", { className: "functions" }, this.caption, element("thead", {}, element("tr", {}, ...this.headers)), this.body),
      this.more,
    );
    this.body.addEventListener("click", event => this.onClick(event));
    this.body.addEventListener("dblclick", event => this.onOpen(event));
    this.body.addEventListener("keydown", event => this.onKey(event));
  }

  header(column) {
    const button = element("button", { type: "button", title: column.title, onclick: () => this.sortBy(column) }, column.label);
    return element("th", { scope: "col", className: `column-${column.key}` }, button);
  }

  /** Shows the sites of a tree; `totals` is what `sumBySite` made of it, `nameOfSites` what the sites are, such as "Function". */
  setTree(tree, totals, whole, nameOfSites) {
    const structure = site => site.kind === Kind.thread || site.kind === Kind.process;
    const onlyStructure = tree.sites.every(structure) || nameOfSites === "Thread";
    this.whole = whole;
    this.rows = tree.sites
      .map((site, index) => ({
        index, site, own: totals.own[index], total: totals.total[index], name: site.fullName, place: site.place,
      }))
      .filter(row => row.total > 0 && structure(row.site) === onlyStructure);
    this.headers[2].firstChild.textContent = nameOfSites;
    this.caption.textContent = `Hottest ${nameOfSites.toLowerCase()}s`;
    this.siteMatches = null;
    this.limit = FIRST_ROWS;
    this.selected = -1;
    this.render();
  }

  setMatches(siteMatches) {
    this.siteMatches = siteMatches;
    this.render();
  }

  sortBy(column) {
    this.descending = this.sortKey === column.key ? !this.descending : column.numeric;
    this.sortKey = column.key;
    this.render();
  }

  showAll() {
    this.limit = Infinity;
    this.render();
  }

  visibleRows() {
    const { sortKey } = this;
    const direction = this.descending ? -1 : 1;
    const compare = typeof this.rows[0]?.[sortKey] === "number"
      ? (a, b) => a[sortKey] - b[sortKey]
      : (a, b) => (a[sortKey] < b[sortKey] ? -1 : a[sortKey] > b[sortKey] ? 1 : 0);
    return this.rows
      .filter(row => this.siteMatches === null || this.siteMatches[row.index] === 1)
      .sort((a, b) => direction * compare(a, b) || b.own - a.own || b.total - a.total || a.index - b.index);
  }

  render() {
    const rows = this.visibleRows();
    COLUMNS.forEach((column, index) => {
      const sorted = column.key === this.sortKey;
      this.headers[index].setAttribute("aria-sort", sorted ? (this.descending ? "descending" : "ascending") : "none");
    });
    this.body.replaceChildren(...rows.slice(0, this.limit).map(row => this.row(row)));
    this.more.hidden = rows.length <= this.limit;
    this.more.textContent = `Show all ${formatCount(rows.length)}`;
    if (rows.length === 0) {
      const text = this.rows.length === 0 ? "No samples in the selected threads." : "Nothing matches the search.";
      this.body.append(element("tr", {}, element("td", { colSpan: COLUMNS.length, className: "empty" }, text)));
    }
    this.markSelected();
  }

  row(row) {
    const made = element(
      "tr", { tabIndex: -1 },
      this.valueCell("own", row.own),
      this.valueCell("total", row.total),
      element("td", { className: "column-name", title: row.name }, element("bdi", {}, row.name)),
      element("td", { className: "column-place muted", title: row.site.path }, element("bdi", {}, row.place)),
    );
    made.dataset.site = row.index;
    return made;
  }

  valueCell(key, weight) {
    const bar = element("span", { className: "bar" });
    bar.style.width = `${(100 * weight) / this.whole}%`;
    return element(
      "td", { className: `column-${key} number` }, bar,
      element("span", { className: "share" }, formatShare(weight, this.whole)),
      element("span", { className: "weight muted" }, this.options.valueOf(weight)),
    );
  }

  select(site) {
    this.selected = site;
    this.markSelected();
  }

  markSelected() {
    let current = null;
    for (const row of this.body.children) {
      const isCurrent = row.dataset.site === String(this.selected);
      row.setAttribute("aria-selected", String(isCurrent));
      row.tabIndex = isCurrent ? 0 : -1;
      current = isCurrent ? row : current;
    }
    if (!current && this.body.firstElementChild) {
      this.body.firstElementChild.tabIndex = 0;
    }
    return current;
  }

  siteOf(event) {
    const row = event.target.closest("tr[data-site]");
    return row ? Number(row.dataset.site) : -1;
  }

  onClick(event) {
    const site = this.siteOf(event);
    if (site >= 0) {
      this.select(site);
      this.options.onSelect(site);
    }
  }

  onOpen(event) {
    const site = this.siteOf(event);
    if (site >= 0) {
      this.options.onOpen(site);
    }
  }

  onKey(event) {
    const row = event.target.closest("tr[data-site]");
    const next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[event.key];
    if (next?.dataset.site) {
      event.preventDefault();
      this.select(Number(next.dataset.site));
      next.focus();
      this.options.onSelect(this.selected);
    } else if (event.key === "Enter" && row) {
      event.preventDefault();
      this.options.onOpen(Number(row.dataset.site));
    }
  }
}
