// A flame graph that can be zoomed, moved and walked through.

const ZOOM_MILLISECONDS = 180;
const LARGEST_ZOOM = 1e7;

/**
 * Lives in `host`. `options`: label (its accessible name), icicle, rootLabel, colors() (palette and theme), and the
 * callbacks onHover(node, event), onSelect(node), onZoom(focus), onOpen(node).
 */
class FlameGraph {
  constructor(host, options) {
    this.options = options;
    this.icicle = options.icicle;
    this.painter = new FlamePainter();
    this.canvas = element("canvas", { className: "flame-canvas", "aria-hidden": "true" });
    this.sizer = element("div", { className: "flame-sizer" }, this.canvas);
    this.scroller = element(
      "div",
      {
        className: "flame-scroller", tabIndex: 0, role: "application", "aria-roledescription": "flame graph",
        "aria-label": options.label, "aria-describedby": "flame-keys",
      },
      this.sizer,
    );
    host.replaceChildren(this.scroller);
    this.context = this.canvas.getContext("2d");
    this.tree = null;
    this.matches = null;
    this.hover = -1;
    this.cursor = -1;
    this.focus = 0;
    this.x0 = 0;
    this.x1 = 1;
    this.contentHeight = 0;
    this.frameRequest = 0;
    this.listen();
  }

  listen() {
    new ResizeObserver(() => this.resize()).observe(this.scroller);
    this.scroller.addEventListener("scroll", () => this.redraw());
    this.scroller.addEventListener("pointermove", event => this.onPointerMove(event));
    this.scroller.addEventListener("pointerleave", () => this.setHover(-1, null));
    this.scroller.addEventListener("pointerdown", event => this.onPointerDown(event));
    this.scroller.addEventListener("wheel", event => this.onWheel(event), { passive: false });
    this.scroller.addEventListener("click", event => this.onClick(event));
    this.scroller.addEventListener("dblclick", event => this.options.onOpen?.(this.nodeAt(event)));
    this.scroller.addEventListener("keydown", event => handleFlameKey(this, event));
  }

  /** `rootSite`: what the root stands for, as a site of the tree; -1 for all. */
  setTree(tree, rootLabel, rootSite = -1) {
    this.tree = tree;
    this.options.rootLabel = rootLabel;
    this.rootColor = rootSite < 0 ? -1 : tree.sites[rootSite].color;
    this.hover = -1;
    this.cursor = -1;
    this.matches = null;
    this.focus = 0;
    this.x0 = 0;
    this.x1 = Math.max(1, tree.total[0]);
    this.resize();
    this.scrollToRoot();
    this.options.onZoom?.(0);
  }

  setMatches(siteMatches) {
    this.matches = siteMatches === null ? null : paintableMatches(this.tree, siteMatches);
    this.redraw();
  }

  setIcicle(icicle) {
    this.icicle = icicle;
    this.resize();
    this.scrollToRoot();
  }

  resize() {
    this.width = this.scroller.clientWidth;
    this.height = this.scroller.clientHeight;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.max(1, Math.round(this.width * ratio));
    this.canvas.height = Math.max(1, Math.round(this.height * ratio));
    this.canvas.style.height = `${this.height}px`;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.fitContent();
    this.redraw();
  }

  /** Makes room for the rows that the zoomed range has; what is near the root keeps its place. */
  fitContent() {
    if (!this.tree) {
      return;
    }
    const rows = this.tree.deepest[this.focus] + 1;
    const height = Math.max(rows * ROW_HEIGHT, this.height);
    const grownBy = height - this.contentHeight;
    this.contentHeight = height;
    this.sizer.style.height = `${height}px`;
    if (!this.icicle && grownBy !== 0) {
      this.scroller.scrollTop += grownBy;
    }
  }

  scrollToRoot() {
    this.scroller.scrollTop = this.icicle ? 0 : this.contentHeight;
  }

  redraw() {
    if (this.frameRequest === 0) {
      this.frameRequest = requestAnimationFrame(() => {
        this.frameRequest = 0;
        this.paint();
      });
    }
  }

  paint() {
    if (this.tree && this.width > 0) {
      this.painter.paint(this.context, this.scene());
    }
  }

  scene() {
    return {
      tree: this.tree, x0: this.x0, x1: this.x1, width: this.width, height: this.height, top: this.scroller.scrollTop,
      contentHeight: this.contentHeight, icicle: this.icicle, focus: this.focus, hover: this.hover, cursor: this.cursor,
      matches: this.matches, rootLabel: this.options.rootLabel, rootColor: this.rootColor, ...this.options.colors(),
    };
  }

  /** The node under a pointer event, or -1. */
  nodeAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const y = event.clientY - box.top + this.scroller.scrollTop;
    const depth = Math.floor((this.icicle ? y : this.contentHeight - y) / ROW_HEIGHT);
    const level = this.tree?.levels[depth];
    if (!level) {
      return -1;
    }
    const x = this.x0 + ((event.clientX - box.left) / this.width) * (this.x1 - this.x0);
    const index = firstEndingAfter(this.tree, level, x);
    return index < level.length && this.tree.start[level[index]] <= x ? level[index] : -1;
  }

  onPointerMove(event) {
    if (this.drag) {
      this.dragTo(event);
    } else if (event.pointerType !== "touch") {
      this.setHover(this.nodeAt(event), event);
    }
  }

  setHover(node, event) {
    if (node !== this.hover) {
      this.hover = node;
      this.redraw();
    }
    this.options.onHover?.(node, event);
  }

  onPointerDown(event) {
    if (event.button !== 0 || event.pointerType === "touch") {
      return;
    }
    this.drag = { x: event.clientX, y: event.clientY, x0: this.x0, x1: this.x1, top: this.scroller.scrollTop, moved: false };
    const end = () => {
      removeEventListener("pointerup", end);
      this.dragged = this.drag?.moved ?? false;
      this.drag = null;
      this.scroller.classList.remove("dragging");
    };
    addEventListener("pointerup", end);
  }

  dragTo(event) {
    const { drag } = this;
    const dx = event.clientX - drag.x;
    const dy = event.clientY - drag.y;
    if (!drag.moved && Math.hypot(dx, dy) < 5) {
      return;
    }
    drag.moved = true;
    this.scroller.classList.add("dragging");
    this.setHover(-1, null);
    this.scroller.scrollTop = drag.top - dy;
    const moved = (dx / this.width) * (drag.x1 - drag.x0);
    this.setRange(drag.x0 - moved, drag.x1 - moved);
  }

  onClick(event) {
    if (this.dragged) {
      this.dragged = false;
      return;
    }
    const node = this.nodeAt(event);
    if (node >= 0) {
      this.select(node);
      this.zoomTo(node);
    }
  }

  /**
   * With Ctrl, or where there is nothing to scroll, the wheel zooms at the pointer; a wheel that goes sideways, or with
   * Shift, moves.
   */
  onWheel(event) {
    const unit = event.deltaMode === 1 ? 16 : 1;
    const sideways = event.deltaX !== 0 ? event.deltaX : event.shiftKey ? event.deltaY : 0;
    const scrolls = this.scroller.scrollHeight > this.scroller.clientHeight + 1;
    if (sideways !== 0 && Math.abs(sideways) >= Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      this.move((sideways * unit) / this.width);
    } else if (event.ctrlKey || event.metaKey || event.altKey || !scrolls) {
      event.preventDefault();
      const box = this.canvas.getBoundingClientRect();
      this.zoomBy(Math.exp(event.deltaY * unit * 0.0022), (event.clientX - box.left) / this.width);
    }
  }

  /** Makes the visible range `factor` as wide, around a point given as a share of the width. */
  zoomBy(factor, at = 0.5) {
    const span = this.x1 - this.x0;
    const whole = Math.max(1, this.tree.total[0]);
    const wanted = Math.min(whole, Math.max(whole / LARGEST_ZOOM, span * factor));
    const center = this.x0 + span * at;
    this.setRange(center - wanted * at, center + wanted * (1 - at));
  }

  /** Moves the visible range by a share of its width. */
  move(share) {
    const moved = share * (this.x1 - this.x0);
    this.setRange(this.x0 + moved, this.x1 + moved);
  }

  setRange(x0, x1) {
    const whole = Math.max(1, this.tree.total[0]);
    const span = Math.min(whole, x1 - x0);
    this.x0 = Math.min(Math.max(0, x0), whole - span);
    this.x1 = this.x0 + span;
    this.setFocus(this.coveringNode());
    this.redraw();
  }

  /** The deepest node that fills the whole visible range; the root where nothing is zoomed. */
  coveringNode() {
    const { tree } = this;
    let covering = 0;
    if (!this.isZoomed()) {
      return covering;
    }
    for (const level of tree.levels) {
      const index = firstEndingAfter(tree, level, this.x0);
      const node = level[index];
      if (index >= level.length || tree.start[node] > this.x0 || tree.start[node] + tree.total[node] < this.x1) {
        break;
      }
      covering = node;
    }
    return covering;
  }

  setFocus(node) {
    if (node !== this.focus) {
      this.focus = node;
      this.fitContent();
      this.options.onZoom?.(node);
    }
  }

  select(node) {
    this.cursor = node;
    this.options.onSelect?.(node);
    this.redraw();
  }

  /** Zooms so that a node fills the width. */
  zoomTo(node) {
    const { tree } = this;
    this.setFocus(node);
    this.animateTo(tree.start[node], tree.start[node] + Math.max(tree.total[node], 1e-9));
    this.reveal(node);
  }

  animateTo(x0, x1) {
    const from = [this.x0, this.x1];
    const begin = performance.now();
    cancelAnimationFrame(this.animation);
    const length = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ZOOM_MILLISECONDS;
    const step = now => {
      const done = length === 0 ? 1 : Math.min(1, Math.max(0, (now - begin) / length));
      const eased = 1 - (1 - done) ** 3;
      this.x0 = from[0] + (x0 - from[0]) * eased;
      this.x1 = from[1] + (x1 - from[1]) * eased;
      this.paint();
      if (done < 1) {
        this.animation = requestAnimationFrame(step);
      }
    };
    step(begin);
  }

  /** Scrolls so that the row of a node can be seen. */
  reveal(node) {
    const depth = this.tree.depth[node];
    const top = this.icicle ? depth * ROW_HEIGHT : this.contentHeight - (depth + 1) * ROW_HEIGHT;
    if (top < this.scroller.scrollTop) {
      this.scroller.scrollTop = top;
    } else if (top + ROW_HEIGHT > this.scroller.scrollTop + this.height) {
      this.scroller.scrollTop = top + ROW_HEIGHT - this.height;
    }
  }

  isZoomed() {
    return this.tree !== null && this.x1 - this.x0 < this.tree.total[0];
  }
}
