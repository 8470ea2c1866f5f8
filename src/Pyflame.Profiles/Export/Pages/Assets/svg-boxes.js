// The boxes of the picture, as numbers.

/**
 * Reads what SvgData.cs wrote: sites, and by box, callers before their callees: parent, site, depth, start, total, own, and
 * `end`, the box after all that are above it.
 */
function readBoxes(data) {
  const { texts, boxes } = data;
  const sites = [];
  for (let at = 0; at < data.sites.length; at += 6) {
    const [name, fullName, path, label, line, color] = data.sites.slice(at, at + 6);
    sites.push({
      name: texts[name], fullName: texts[fullName] || texts[name], path: texts[path], line, colorClass: `c${color}`,
      place: label === 0 ? "" : line > 0 ? `${texts[label]}:${line}` : texts[label],
    });
  }
  const count = boxes.length / 4;
  const tree = { count, sites, deepest: 0 };
  for (const name of ["parent", "site", "depth", "end"]) {
    tree[name] = new Int32Array(count);
  }
  for (const name of ["start", "total", "own"]) {
    tree[name] = new Float64Array(count);
  }
  const nextStart = new Float64Array(count);
  for (let box = 0; box < count; box++) {
    const [up, site, total, own] = [boxes[box * 4], boxes[box * 4 + 1], boxes[box * 4 + 2], boxes[box * 4 + 3]];
    let parent = Math.max(0, box - 1);
    for (let step = up; step > 0; step--) {
      parent = tree.parent[parent];
    }
    tree.parent[box] = parent;
    tree.site[box] = site;
    tree.total[box] = total;
    tree.own[box] = own;
    if (box > 0) {
      tree.depth[box] = tree.depth[parent] + 1;
      tree.start[box] = nextStart[parent];
      nextStart[parent] += total;
      tree.deepest = Math.max(tree.deepest, tree.depth[box]);
    }
    nextStart[box] = tree.start[box];
  }
  for (let box = count - 1; box >= 0; box--) {
    tree.end[box] = Math.max(tree.end[box], box + 1);
    tree.end[tree.parent[box]] = Math.max(tree.end[tree.parent[box]], tree.end[box]);
  }
  return tree;
}

/** How many letters of a monospaced font a text is wide; letters of East Asia take two. */
function cellsOf(text) {
  let cells = 0;
  for (const letter of text) {
    cells += /\p{M}/u.test(letter) ? 0 : /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(letter) ? 2 : 1;
  }
  return cells;
}

/** The text cut to a number of cells, with an ellipsis; empty where not even two letters fit. */
function fitCells(text, cells) {
  if (cellsOf(text) <= cells) {
    return text;
  }
  let fitted = "";
  let left = cells;
  for (const letter of text) {
    left -= cellsOf(letter);
    if (left < 1) {
      break;
    }
    fitted += letter;
  }
  return fitted.length < 2 ? "" : `${fitted}…`;
}
