// Makes the picture zoom, search and tell its numbers. What is drawn without a script is replaced by what it draws.

const ROW = 18;
const BOX = 17;
const MARGIN = 10;
const LETTER = 6.63;
// Narrower boxes have no elements of their own, of which a browser takes a second for some ten thousand: those of a colour are one path.
const SMALLEST_ELEMENT = 4;

class Picture {
  constructor(root) {
    const data = JSON.parse(root.querySelector("#data").textContent);
    this.root = root;
    this.interval = data.intervalNanoseconds;
    this.icicle = data.icicle;
    this.tree = readBoxes(data);
    this.frames = root.querySelector("#frames");
    this.standalone = document.documentElement === root;
    this.headHeight = Number(/ ([\d.]+)\)/u.exec(this.frames.getAttribute("transform"))[1]);
    this.title = root.querySelector("#head .title");
    this.head = root.querySelector("#head");
    this.headBack = svgElement("rect", { class: "page", width: "100%" });
    this.head.prepend(this.headBack);
    root.append(this.head);
    this.height = 0;
    this.fullTitle = root.querySelector("title").textContent;
    this.highlights = root.querySelector("#head .highlights");
    this.fullHighlights = this.highlights.textContent;
    this.focus = 0;
    this.cursor = -1;
    this.matches = null;
    this.controls = new Controls(root, {
      search: query => this.search(query),
      next: step => this.goToMatch(step),
      reset: () => this.zoomTo(0),
      flip: () => this.flipOver(),
    });
    this.tip = new Tip(root);
    this.frames.classList.add("live");
    fill(this.frames, { tabindex: 0, role: "application", "aria-label": "Flame graph: arrows walk, Enter zooms, slash searches" }, "");
    root.setAttribute("role", "group");
    this.listen();
    this.resize();
    this.showRoot();
  }

  listen() {
    this.frames.addEventListener("click", event => this.onClick(event));
    this.frames.addEventListener("pointermove", event => this.onHover(event));
    this.frames.addEventListener("pointerleave", () => this.tip.hide());
    document.addEventListener("keydown", event => this.onKey(event));
    addEventListener("resize", () => this.resize());
    addEventListener("scroll", () => this.keepHead());
  }

  /** A page of its own begins where the root is. */
  showRoot() {
    if (this.standalone) {
      scrollTo(0, this.icicle ? 0 : this.height);
      this.keepHead();
    }
  }

  /** The title and the search stay in sight, however tall the picture. */
  keepHead() {
    if (this.standalone) {
      this.head.setAttribute("transform", `translate(0 ${scrollY})`);
      this.controls.frame.setAttribute("transform", `translate(0 ${scrollY})`);
      this.tip.hide();
    }
  }

  /** Takes the width of the window, so that texts stay as large as they are meant to be. */
  resize() {
    if (this.standalone) {
      this.root.setAttribute("width", "100%");
    }
    this.width = Math.max(320, Math.floor(this.root.getBoundingClientRect().width));
    this.title.textContent = fitCells(this.fullTitle, Math.floor((this.width - 24) / 9.1));
    this.highlights.textContent = fitCells(this.fullHighlights, Math.floor((this.width - 24) / 6.2));
    const titleWidth = Math.max(...Array.from(this.root.querySelectorAll("#head text"), text => text.getComputedTextLength()));
    this.top = this.headHeight + this.controls.place(this.width, titleWidth, this.headHeight);
    this.headBack.setAttribute("height", this.top);
    this.draw();
  }

  draw() {
    const { tree, focus } = this;
    // From the focus on only what is above it has rows, besides the callers that it stands on.
    const rows = this.rowsInFocus();
    this.wholeHeight ??= rows * ROW;
    // Zoomed, the picture stays as tall as it was as far as the window goes, so that the root does not jump.
    const rowsHeight = Math.max(rows * ROW, this.standalone ? Math.min(this.wholeHeight, innerHeight - this.top - MARGIN) : 0);
    const height = this.top + rowsHeight + MARGIN;
    const grownBy = height - this.height;
    this.height = height;
    this.root.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.root.setAttribute("height", height);
    this.frames.setAttribute("transform", `translate(${MARGIN} ${this.top})`);
    const inner = this.width - 2 * MARGIN;
    const scale = tree.total[focus] > 0 ? inner / tree.total[focus] : 0;
    this.scale = scale;
    this.rowsHeight = rowsHeight;
    const drawnTo = new Float64Array(tree.deepest + 1).fill(-1);
    const drawn = document.createDocumentFragment();
    const small = new Map();
    const pixel = Math.max(0.5, 1 / devicePixelRatio);
    for (const caller of this.callers()) {
      this.drawBox(drawn, caller, 0, inner, true);
    }
    for (let box = focus; box < tree.end[focus]; box++) {
      const x = (tree.start[box] - tree.start[focus]) * scale;
      const width = tree.total[box] * scale;
      const depth = tree.depth[box];
      if (width >= SMALLEST_ELEMENT || box === this.cursor) {
        this.drawBox(drawn, box, x, width, false);
      } else if (width >= pixel || x + width > drawnTo[depth] + pixel || this.isMatch(box)) {
        // One that is too narrow to be seen stands for its neighbours too, unless they are looked for.
        this.addSmall(small, box, x, Math.max(pixel, width));
      } else {
        continue;
      }
      drawnTo[depth] = x + width;
    }
    for (const color of [...small.keys()].sort()) {
      drawn.append(svgElement("path", { class: color, d: small.get(color).join("") }));
    }
    this.frames.replaceChildren(drawn);
    this.frames.classList.toggle("searching", this.matches !== null);
    this.controls.reset.disabled = focus === 0;
    // What is near the root keeps its place.
    if (this.standalone && !this.icicle && grownBy !== 0) {
      scrollBy(0, grownBy);
    }
  }

  rowsInFocus() {
    const { tree, focus } = this;
    let deepest = tree.depth[focus];
    for (let box = focus; box < tree.end[focus]; box++) {
      deepest = Math.max(deepest, tree.depth[box]);
    }
    return deepest + 1;
  }

  callers() {
    const callers = [];
    for (let box = this.focus; box !== 0;) {
      box = this.tree.parent[box];
      callers.push(box);
    }
    return callers;
  }

  isMatch(box) {
    return this.matches !== null && box > 0 && this.matches[this.tree.site[box]] === 1;
  }

  colorOf(box) {
    return this.tree.sites[this.tree.site[box]]?.colorClass ?? "c0";
  }

  topOf(box) {
    const depth = this.tree.depth[box];
    return this.icicle ? depth * ROW : this.rowsHeight - (depth + 1) * ROW;
  }

  addSmall(small, box, x, width) {
    const color = this.isMatch(box) ? "match" : this.colorOf(box);
    let path = small.get(color);
    if (path === undefined) {
      small.set(color, path = []);
    }
    const drawn = Math.round((width > 3 ? width - 0.6 : width) * 10) / 10;
    path.push(`M${Math.round(x * 10) / 10} ${this.topOf(box)}h${drawn}v${BOX}h-${drawn}z`);
  }

  drawBox(parent, box, x, width, isCaller) {
    const { tree } = this;
    const site = tree.sites[tree.site[box]];
    const y = this.topOf(box);
    const matched = this.isMatch(box);
    const classes = [this.colorOf(box)];
    if (isCaller) {
      classes.push("caller");
    }
    if (matched) {
      classes.push("match");
    }
    if (box === this.cursor) {
      classes.push("cursor");
    }
    const rect = svgElement("rect", {
      class: classes.join(" "), x: x.toFixed(2), y, width: Math.max(0.2, width - (width > 3 ? 0.6 : 0)).toFixed(2), height: BOX,
      rx: width > 6 ? 2 : 0,
    });
    rect.box = box;
    parent.append(rect);
    if (width < 22) {
      return;
    }
    const name = site ? site.name : `all — ${plural(tree.total[0], "sample")}`;
    const cells = Math.floor((width - 9) / LETTER);
    const shown = fitCells(name, cells);
    if (shown !== "") {
      const text = svgElement("text", { x: (x + 5).toFixed(2), y: y + 12.5, class: matched ? "match" : "" }, shown);
      if (site && site.place !== "" && cellsOf(name) + cellsOf(site.place) + 1 <= cells) {
        text.append(" ", svgElement("tspan", { class: "place" }, site.place));
      }
      parent.append(text);
    }
  }

  describe(box) {
    const { tree } = this;
    const site = tree.sites[tree.site[box]];
    const time = this.interval > 0 ? ` · ${formatTime(tree.total[box] * this.interval)}` : "";
    return [
      site ? site.fullName : "all",
      !site || site.path === "" ? "" : site.line > 0 ? `${site.path}:${site.line}` : site.path,
      `${plural(tree.total[box], "sample")} · ${formatShare(tree.total[box], tree.total[0])}${time}`
        + ` · own ${formatShare(tree.own[box], tree.total[0])}`,
    ];
  }

  /** The box of an element, or, of those that are drawn together, the one at the pointer; -1 where there is none. */
  boxAt(event) {
    if (event.target.localName !== "path") {
      return event.target.box ?? -1;
    }
    const { tree, focus } = this;
    const place = this.frames.getScreenCTM();
    const weight = tree.start[focus] + (event.clientX - place.e) / place.a / this.scale;
    const y = (event.clientY - place.f) / place.d;
    const depth = Math.floor((this.icicle ? y : this.rowsHeight - y) / ROW);
    let box = focus;
    while (box >= 0 && tree.depth[box] < depth) {
      // The last that begins left of the pointer: narrow ones are drawn wider than they are.
      let found = -1;
      for (let callee = box + 1; callee < tree.end[box] && tree.start[callee] <= weight; callee = tree.end[callee]) {
        found = callee;
      }
      box = found;
    }
    return box;
  }

  onHover(event) {
    const box = this.boxAt(event);
    if (box < 0) {
      this.tip.hide();
      return;
    }
    const bounds = this.root.getBoundingClientRect();
    const point = { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    const bottom = this.standalone ? scrollY + innerHeight : this.height;
    this.tip.show(this.describe(box), point, this.width, Math.min(bottom, this.height));
  }

  onClick(event) {
    const box = this.boxAt(event);
    if (box >= 0) {
      this.tip.hide();
      this.zoomTo(box);
    }
  }

  zoomTo(box) {
    this.focus = box;
    this.cursor = box === 0 ? -1 : box;
    this.draw();
  }

  flipOver() {
    this.icicle = !this.icicle;
    this.draw();
    this.showRoot();
  }

  search(query) {
    const search = compileSearch(query);
    this.matches = search === null ? null : matchSites(search, this.tree.sites);
    if (search === null) {
      this.controls.matched.textContent = "";
    } else {
      const { weight, frames } = matchedShare(this.tree, this.matches);
      const how = search.plain ? "as plain text: " : "";
      this.controls.matched.textContent = frames === 0 ? `${how}no match` : `${how}${formatShare(weight, this.tree.total[0])} matched`;
    }
    this.draw();
  }

  goToMatch(step) {
    const { tree, matches } = this;
    if (matches === null || !matches.includes(1)) {
      return;
    }
    let box = Math.max(0, this.cursor);
    for (let tried = 0; tried < tree.count; tried++) {
      box = (box + step + tree.count) % tree.count;
      if (box > 0 && matches[tree.site[box]]) {
        this.walkTo(box);
        return;
      }
    }
  }

  onKey(event) {
    const ctrl = event.ctrlKey || event.metaKey;
    if ((ctrl && event.key.toLowerCase() === "f") || (!ctrl && event.key === "/")) {
      event.preventDefault();
      this.controls.focusSearch();
      return;
    }
    const { tree, cursor } = this;
    const actions = {
      [this.icicle ? "ArrowUp" : "ArrowDown"]: () => this.walkTo(cursor > 0 ? tree.parent[cursor] : 0),
      [this.icicle ? "ArrowDown" : "ArrowUp"]: () => this.walkTo(cursor < 0 ? this.focus : this.child(cursor)),
      ArrowLeft: () => this.walkTo(this.neighbor(-1)),
      ArrowRight: () => this.walkTo(this.neighbor(1)),
      Enter: () => this.zoomTo(Math.max(0, cursor)),
      Backspace: () => this.zoomTo(tree.parent[this.focus]),
      Escape: () => this.zoomTo(0),
      i: () => this.flipOver(),
    };
    const action = ctrl || event.altKey || event.target.localName === "button" ? undefined : actions[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  }

  walkTo(box) {
    if (box < 0) {
      return;
    }
    const { tree } = this;
    this.cursor = box;
    // What the focus does not hold is looked at from the root.
    if (box < this.focus ? tree.end[box] <= this.focus : box >= tree.end[this.focus]) {
      this.focus = 0;
    }
    this.draw();
    this.controls.spoken.textContent = this.describe(box).join(", ");
  }

  /** The widest callee comes first. */
  child(box) {
    return box + 1 < this.tree.end[box] ? box + 1 : -1;
  }

  neighbor(step) {
    const { tree, cursor, focus } = this;
    for (let box = Math.max(cursor, 0) + step; box > focus && box < tree.end[focus]; box += step) {
      if (tree.depth[box] === tree.depth[cursor]) {
        return box;
      }
    }
    return -1;
  }
}

new Picture(document.querySelector("svg#flamegraph"));
