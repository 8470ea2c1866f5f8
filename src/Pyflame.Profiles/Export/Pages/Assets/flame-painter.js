// Draws a flame graph on a canvas, as much of it as can be seen.

const ROW_HEIGHT = 20;
const SMALLEST_BOX = 1;
const SMALLEST_TEXT_BOX = 26;
const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/** The first node of a level, by index in the level, that ends right of `x`, in weight. */
function firstEndingAfter(tree, level, x) {
  let low = 0;
  let high = level.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const node = level[middle];
    if (tree.start[node] + tree.total[node] <= x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/**
 * Paints scenes. A scene has the tree, the visible range x0 to x1 in weight, the size of the canvas in CSS pixels, `top`, how
 * far it is scrolled, `contentHeight`, `icicle`, the nodes `focus`, `hover` and `cursor`, `matches` (or null), `rootLabel` and
 * `rootColor`, the `palette` and the `theme`'s colours.
 */
class FlamePainter {
  constructor() {
    this.widths = new Map();
  }

  paint(context, scene) {
    this.context = context;
    this.scene = scene;
    this.scale = scene.width / (scene.x1 - scene.x0);
    context.clearRect(0, 0, scene.width, scene.height);
    context.font = FONT;
    context.textBaseline = "middle";
    context.direction = "ltr";
    const { levels } = scene.tree;
    for (let depth = 0; depth < levels.length; depth++) {
      const y = this.rowTop(depth) - scene.top;
      if (y > -ROW_HEIGHT && y < scene.height) {
        this.paintLevel(levels[depth], depth, y);
      }
    }
    this.outline(scene.cursor, scene.theme.accent, 2);
    this.outline(scene.hover, scene.theme.text, 1.5);
  }

  rowTop(depth) {
    const { icicle, contentHeight } = this.scene;
    return icicle ? depth * ROW_HEIGHT : contentHeight - (depth + 1) * ROW_HEIGHT;
  }

  paintLevel(level, depth, y) {
    const { tree, x0, x1, width } = this.scene;
    for (let index = firstEndingAfter(tree, level, x0); index < level.length;) {
      const node = level[index];
      const start = tree.start[node];
      if (start >= x1) {
        return;
      }
      const left = (start - x0) * this.scale;
      const right = left + tree.total[node] * this.scale;
      if (right - left >= SMALLEST_BOX) {
        this.paintBox(node, Math.max(left, -1), Math.min(right, width + 1), y);
        index++;
      } else {
        // What is too small to see stands as one column for all that falls into it.
        const column = Math.floor(left);
        const next = Math.max(index + 1, firstEndingAfter(tree, level, x0 + (column + 1) / this.scale));
        this.paintColumn(level, depth, index, next, column, y);
        index = next;
      }
    }
  }

  paintBox(node, left, right, y) {
    const { context } = this;
    const { tree, palette, theme, matches, focus } = this.scene;
    const site = tree.sites[tree.site[node]];
    const matched = matches !== null && node > 0 && matches.sites[tree.site[node]] === 1;
    const width = right - left;
    const gap = width > 4 ? 1 : width > 2 ? 0.5 : 0;
    context.fillStyle = matched ? theme.match : matches !== null ? theme.faded : this.colorOf(site);
    const isCaller = node < focus && tree.end[node] > focus;
    context.globalAlpha = isCaller ? 0.6 : 1;
    if (width > 8) {
      context.beginPath();
      context.roundRect(left, y + 1, width - gap, ROW_HEIGHT - 1, 2.5);
      context.fill();
    } else {
      context.fillRect(left, y + 1, width - gap, ROW_HEIGHT - 1);
    }
    context.globalAlpha = 1;
    if (width >= SMALLEST_TEXT_BOX) {
      const faded = !matched && (matches !== null || isCaller);
      const color = matched ? theme.matchText : faded ? theme.muted : theme.frameText;
      this.paintText(site, Math.max(left, 0) + 6, right - gap - 5, y + ROW_HEIGHT / 2 + 0.5, color);
    }
  }

  colorOf(site) {
    const { palette, rootColor } = this.scene;
    return palette[site ? site.color : Math.max(0, rootColor)];
  }

  paintColumn(level, depth, from, to, left, y) {
    const { context } = this;
    const { tree, palette, theme, matches } = this.scene;
    const matched = matches !== null && matches.before[depth][to] > matches.before[depth][from];
    context.fillStyle = matched ? theme.match : matches !== null ? theme.faded : palette[tree.sites[tree.site[level[from]]].color];
    context.fillRect(left, y + 1, 1, ROW_HEIGHT - 1);
  }

  paintText(site, left, right, y, color) {
    const { context } = this;
    const name = site ? site.name : this.scene.rootLabel;
    const room = right - left;
    const nameWidth = this.measure(name);
    context.fillStyle = color;
    if (nameWidth > room) {
      const fitted = this.fit(name, room, nameWidth);
      if (fitted !== "") {
        context.fillText(fitted, left, y);
      }
      return;
    }
    context.fillText(name, left, y);
    const place = site ? site.place : "";
    if (place !== "" && nameWidth + 8 + this.measure(place) <= room) {
      context.globalAlpha = 0.62;
      context.fillText(place, left + nameWidth + 8, y);
      context.globalAlpha = 1;
    }
  }

  /** The text cut to a width, with an ellipsis; empty where not even two letters fit. */
  fit(text, room, width) {
    const letters = Array.from(text);
    let count = Math.min(letters.length - 1, Math.floor((letters.length * room) / width));
    while (count >= 2) {
      const cut = `${letters.slice(0, count).join("")}…`;
      if (this.context.measureText(cut).width <= room) {
        return cut;
      }
      count--;
    }
    return "";
  }

  measure(text) {
    let width = this.widths.get(text);
    if (width === undefined) {
      width = this.context.measureText(text).width;
      this.widths.set(text, width);
    }
    return width;
  }

  outline(node, color, lineWidth) {
    const { tree, x0, width, top } = this.scene;
    if (node < 0) {
      return;
    }
    const left = Math.max(-2, (tree.start[node] - x0) * this.scale);
    const right = Math.min(width + 2, (tree.start[node] + tree.total[node] - x0) * this.scale);
    if (right < 0 || left > width) {
      return;
    }
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = lineWidth;
    context.beginPath();
    const y = this.rowTop(tree.depth[node]) - top;
    context.roundRect(left + 0.5, y + 1, Math.max(1.5, right - left - 2), ROW_HEIGHT - 2, 2.5);
    context.stroke();
  }
}

/**
 * The matches of a search for painting: by site, and for each level how many nodes before an index match, so that a column of
 * many small boxes shows whether any of them does.
 */
function paintableMatches(tree, siteMatches) {
  const before = tree.levels.map(level => {
    const counts = new Int32Array(level.length + 1);
    for (let index = 0; index < level.length; index++) {
      counts[index + 1] = counts[index] + (level[index] > 0 && siteMatches[tree.site[level[index]]] ? 1 : 0);
    }
    return counts;
  });
  return { sites: siteMatches, before };
}
