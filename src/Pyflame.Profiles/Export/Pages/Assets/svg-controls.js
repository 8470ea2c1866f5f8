// The search field and the buttons, which only a browser that runs scripts gets to see.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const HTML_NAMESPACE = "http://www.w3.org/1999/xhtml";

function svgElement(name, attributes = {}, text = "") {
  return fill(document.createElementNS(SVG_NAMESPACE, name), attributes, text);
}

function htmlElement(name, attributes = {}, text = "") {
  return fill(document.createElementNS(HTML_NAMESPACE, name), attributes, text);
}

function fill(made, attributes, text) {
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.textContent = text;
  return made;
}

/** `actions`: search(query), next(step), reset(), flip(). */
class Controls {
  constructor(root, actions) {
    this.frame = svgElement("foreignObject", { height: 34 });
    const box = htmlElement("div", { id: "controls" });
    this.matched = htmlElement("output", { id: "matched", role: "status" });
    this.input = htmlElement("input", {
      id: "search", type: "search", placeholder: "Search (Ctrl F)", "aria-label": "Search, as regular expression",
      spellcheck: "false", autocomplete: "off",
    });
    this.reset = htmlElement("button", { id: "reset", type: "button" }, "Reset zoom");
    this.flip = htmlElement("button", { id: "flip", type: "button", title: "Flame or icicle" }, "Flip");
    this.spoken = htmlElement("output", { id: "spoken", "aria-live": "polite" });
    box.append(this.matched, this.input, this.reset, this.flip, this.spoken);
    this.frame.append(box);
    root.append(this.frame);

    this.input.addEventListener("input", () => actions.search(this.input.value));
    this.input.addEventListener("keydown", event => {
      if (event.key === "Escape") {
        this.input.value = "";
        actions.search("");
        this.input.blur();
      } else if (event.key === "Enter") {
        actions.next(event.shiftKey ? -1 : 1);
      }
      event.stopPropagation();
    });
    this.reset.addEventListener("click", actions.reset);
    this.flip.addEventListener("click", actions.flip);
  }

  /** Beside the title where there is room for both, else below the head. */
  place(width, titleWidth, headHeight) {
    const wanted = 500;
    const beside = width - titleWidth - 40 >= wanted;
    const controlsWidth = beside ? wanted : width - 16;
    this.frame.setAttribute("x", width - controlsWidth - 8);
    this.frame.setAttribute("y", beside ? 10 : headHeight - 4);
    this.frame.setAttribute("width", controlsWidth);
    return beside ? 0 : 36;
  }

  focusSearch() {
    this.input.focus();
    this.input.select();
  }
}

/** What is said of a box beside the pointer. */
class Tip {
  constructor(root) {
    this.group = svgElement("g", { id: "tip", visibility: "hidden" });
    this.box = svgElement("rect", { rx: 7 });
    this.lines = ["name", "where", "numbers"].map(name => svgElement("text", { class: name, x: 10 }));
    this.group.append(this.box, ...this.lines);
    root.append(this.group);
  }

  hide() {
    this.group.setAttribute("visibility", "hidden");
  }

  show(texts, point, width, height) {
    let y = 4;
    let widest = 0;
    this.lines.forEach((line, index) => {
      line.textContent = fitCells(texts[index], Math.floor((width - 40) / 7));
      y += line.textContent === "" ? 0 : 17;
      line.setAttribute("y", y);
      widest = Math.max(widest, line.textContent === "" ? 0 : line.getComputedTextLength());
    });
    const boxWidth = widest + 20;
    this.box.setAttribute("width", boxWidth);
    this.box.setAttribute("height", y + 9);
    const x = Math.max(4, Math.min(point.x + 12, width - boxWidth - 4));
    const above = point.y + 20 + y > height;
    this.group.setAttribute("transform", `translate(${x} ${above ? point.y - y - 18 : point.y + 16})`);
    this.group.setAttribute("visibility", "visible");
  }
}
