// What is shown beside the pointer.

class Tooltip {
  constructor() {
    this.box = byId("tooltip");
  }

  hide() {
    this.box.hidden = true;
  }

  /** Shows nodes beside a pointer event, on the side where there is room. */
  show(event, ...children) {
    this.box.replaceChildren(...children);
    this.box.hidden = false;
    const { width, height } = this.box.getBoundingClientRect();
    const left = event.clientX + 14 + width > innerWidth ? event.clientX - 14 - width : event.clientX + 14;
    const top = event.clientY + 18 + height > innerHeight ? event.clientY - 12 - height : event.clientY + 18;
    this.box.style.left = `${Math.max(4, left)}px`;
    this.box.style.top = `${Math.max(4, top)}px`;
  }
}

/** What is known of a node of a tree, for the tooltip. */
function nodeDescription(tree, node, whole, rootLabel, timeOf) {
  const site = tree.sites[tree.site[node]];
  const value = (name, weight) => element(
    "div", { className: "tip-value" },
    element("span", {}, name),
    element("b", {}, formatShare(weight, whole)),
    element("span", { className: "muted" }, `${plural(weight, "sample")}${timeOf(weight)}`),
  );
  return [
    element("div", { className: "tip-name" }, element("bdi", {}, site ? site.fullName : rootLabel)),
    site && site.path !== ""
      ? element("div", { className: "tip-place muted" }, element("bdi", {}, site.line > 0 ? `${site.path}:${site.line}` : site.path))
      : null,
    value("Total", tree.total[node]),
    value("Own", tree.own[node]),
  ].filter(child => child !== null);
}
