// The page on paper: a sheet of its own with what was recorded, the flame graph as it is zoomed and the hottest functions.

// A4 across, in CSS pixels, and how tall the graph may be for its width, to fit below the title and two warnings; a deeper graph is
// drawn smaller, to a bound. The functions fit on the page behind it. Chromium prints a canvas at the next smaller multiple of 1/64 of its
// size, which a quarter is.
const PRINT_WIDTH = 1024;
const PRINT_PIXELS = 4;
const PRINT_HEIGHT_SHARE = 0.5;
const PRINT_ROWS = 64;
const PRINT_FUNCTIONS = 25;

/** `current()` gives the graph, the totals, the whole weight, the palette of the light theme and the theme's colours. */
function listenForPrinting(profile, current) {
  const sheet = byId("print-sheet");
  addEventListener("beforeprint", () => sheet.replaceChildren(...printSheet(profile, current())));
  addEventListener("afterprint", () => sheet.replaceChildren());
}

function printSheet(profile, { graph, table, colors, search, whole, valueOf }) {
  const rows = table.visibleRows().slice(0, PRINT_FUNCTIONS);
  const cells = row => [
    element("td", { className: "number" }, formatShare(row.own, whole)),
    element("td", { className: "number" }, valueOf(row.own)),
    element("td", { className: "number" }, formatShare(row.total, whole)),
    element("td", { className: "number" }, valueOf(row.total)),
    element("td", {}, element("bdi", {}, row.name)),
    element("td", {}, element("bdi", {}, row.place)),
  ];
  const head = [
    ...["Own", "Total"].map(text => element("th", { className: "number", colSpan: 2 }, text)),
    ...[table.headers[2].textContent, "File"].map(text => element("th", {}, text)),
  ];
  return [
    element("h1", {}, element("bdi", {}, profile.title)),
    element("p", {}, profile.highlights.join(" · ")),
    ...profile.warnings.map(warning => element("p", { className: "warning" }, warning)),
    search === null ? "" : element("p", {}, `Search: ${search}`),
    printedGraph(graph, colors),
    element("h2", {}, "Hottest functions"),
    element(
      "table", {}, element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows.map(row => element("tr", {}, ...cells(row)))),
    ),
  ];
}

/** The graph as it is zoomed, in light colours, fine enough for paper, with all of its rows up to a bound. */
function printedGraph(graph, colors) {
  const { tree } = graph;
  const rows = Math.min(PRINT_ROWS, tree.deepest[graph.focus] + 1);
  const height = rows * ROW_HEIGHT;
  const width = Math.max(PRINT_WIDTH, height / PRINT_HEIGHT_SHARE);
  const fineness = (PRINT_WIDTH / width) * PRINT_PIXELS;
  const canvas = element("canvas", { width: PRINT_WIDTH * PRINT_PIXELS, height: Math.ceil((height * fineness) / PRINT_PIXELS) * PRINT_PIXELS });
  const context = canvas.getContext("2d");
  context.scale(fineness, fineness);
  new FlamePainter().paint(context, {
    ...graph.scene(), ...colors, width, height, contentHeight: height, top: 0, hover: -1, cursor: -1,
  });
  return canvas;
}
