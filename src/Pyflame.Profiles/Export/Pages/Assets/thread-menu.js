// The menu that selects threads.

/** `onChange(threads)` gets one byte a thread. */
class ThreadMenu {
  constructor(profile, onChange) {
    this.profile = profile;
    this.onChange = onChange;
    this.menu = byId("thread-menu");
    this.label = byId("thread-label");
    this.threads = new Uint8Array(profile.threads.length).fill(1);
    const weights = new Float64Array(profile.threads.length);
    profile.sampleThread.forEach((thread, index) => {
      weights[thread] += profile.sampleWeight[index];
    });
    this.order = [...weights.keys()].filter(thread => weights[thread] > 0).sort((a, b) => weights[b] - weights[a] || a - b);
    this.boxes = this.order.map(thread => element("input", { type: "checkbox", checked: true, value: thread }));
    byId("thread-list").replaceChildren(...this.order.map((thread, index) => element(
      "li", {}, element(
        "label", {}, this.boxes[index],
        element("span", { className: "thread-name" }, element("bdi", {}, profile.threads[thread][0])),
        element("span", { className: "share muted" }, formatShare(weights[thread], profile.totalWeight)),
      ))));
    byId("thread-list").addEventListener("change", () => this.apply());
    byId("thread-all").addEventListener("click", () => this.setAll(true));
    byId("thread-none").addEventListener("click", () => this.setAll(false));
    this.menu.addEventListener("keydown", event => {
      if (event.key === "Escape" && this.menu.open) {
        event.stopPropagation();
        this.menu.open = false;
        this.menu.firstElementChild.focus();
      }
    });
    addEventListener("pointerdown", event => {
      if (!this.menu.contains(event.target)) {
        this.menu.open = false;
      }
    });
    this.describe();
  }

  setAll(checked) {
    for (const box of this.boxes) {
      box.checked = checked;
    }
    this.apply();
  }

  apply() {
    for (const box of this.boxes) {
      this.threads[Number(box.value)] = box.checked ? 1 : 0;
    }
    this.describe();
    this.onChange(this.threads);
  }

  describe() {
    const chosen = this.boxes.filter(box => box.checked);
    const all = chosen.length === this.boxes.length;
    this.label.textContent = all
      ? `All ${plural(this.boxes.length, "thread")}`
      : chosen.length === 1
        ? this.profile.threads[Number(chosen[0].value)][0]
        : `${chosen.length} of ${plural(this.boxes.length, "thread")}`;
    this.menu.classList.toggle("active", !all);
  }
}
