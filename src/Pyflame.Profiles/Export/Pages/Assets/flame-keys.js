// The keyboard in a flame graph: arrows walk through the frames, Enter zooms.

function handleFlameKey(graph, event) {
  if (!graph.tree || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const rootward = graph.icicle ? "ArrowUp" : "ArrowDown";
  const leafward = graph.icicle ? "ArrowDown" : "ArrowUp";
  const actions = {
    [rootward]: () => walkTo(graph, graph.cursor > 0 ? graph.tree.parent[graph.cursor] : 0),
    [leafward]: () => walkTo(graph, firstChildInView(graph)),
    ArrowLeft: () => walkTo(graph, neighbor(graph, -1)),
    ArrowRight: () => walkTo(graph, neighbor(graph, 1)),
    Enter: () => graph.zoomTo(Math.max(0, graph.cursor)),
    " ": () => graph.zoomTo(Math.max(0, graph.cursor)),
    Backspace: () => graph.zoomTo(graph.tree.parent[graph.focus]),
    Home: () => graph.zoomTo(0),
    "+": () => graph.zoomBy(0.6),
    "=": () => graph.zoomBy(0.6),
    "-": () => graph.zoomBy(1 / 0.6),
    a: () => graph.move(-0.15),
    d: () => graph.move(0.15),
    Escape: () => graph.zoomTo(0),
  };
  if (event.key === "Escape" && !graph.isZoomed() && graph.focus === 0) {
    return;
  }
  const action = actions[event.key];
  if (action) {
    event.preventDefault();
    event.stopPropagation();
    action();
  }
}

function walkTo(graph, node) {
  if (node < 0) {
    return;
  }
  graph.select(node);
  graph.reveal(node);
  const { tree } = graph;
  // What is outside of the visible range is brought in, without a change of scale.
  const span = graph.x1 - graph.x0;
  if (tree.start[node] + tree.total[node] <= graph.x0 || tree.start[node] >= graph.x1) {
    const middle = tree.start[node] + tree.total[node] / 2;
    graph.setRange(middle - span / 2, middle + span / 2);
  }
}

/** The widest child in view of the node that the keyboard is at; the focused node where it is at none. */
function firstChildInView(graph) {
  const { tree, cursor } = graph;
  if (cursor < 0) {
    return graph.focus;
  }
  let widest = -1;
  let most = 0;
  for (let child = cursor + 1; child < tree.end[cursor]; child = tree.end[child]) {
    const left = Math.max(graph.x0, tree.start[child]);
    const right = Math.min(graph.x1, tree.start[child] + tree.total[child]);
    if (right - left > most) {
      most = right - left;
      widest = child;
    }
  }
  return widest;
}

/** The next node of the same depth to the left or right that is wide enough to be seen. */
function neighbor(graph, step) {
  const { tree, cursor } = graph;
  if (cursor < 0) {
    return graph.focus;
  }
  const level = tree.levels[tree.depth[cursor]];
  const smallest = ((graph.x1 - graph.x0) / graph.width) * SMALLEST_BOX;
  let index = firstEndingAfter(tree, level, tree.start[cursor]) + step;
  while (index >= 0 && index < level.length && tree.total[level[index]] < smallest) {
    index += step;
  }
  return index >= 0 && index < level.length ? level[index] : -1;
}
