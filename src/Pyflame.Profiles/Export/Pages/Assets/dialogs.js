// What is known of the recording, and the light or dark theme.

function fillAbout(profile) {
  byId("facts").replaceChildren(...profile.facts.flatMap(([name, value]) => [
    element("dt", {}, name),
    element("dd", {}, element("bdi", {}, value)),
  ]));
  const dialog = byId("about");
  byId("about-button").addEventListener("click", () => dialog.showModal());
  // A click beside the dialog, on its backdrop, closes it.
  dialog.addEventListener("click", event => {
    if (event.target === dialog) {
      dialog.close();
    }
  });
  return dialog;
}

function showWarnings(warnings) {
  const box = byId("warnings");
  box.hidden = warnings.length === 0;
  box.replaceChildren(...warnings.map(warning => element("p", {}, warning)));
}

/** The theme: the system's until the reader chooses; the choice is kept where the browser lets a page keep something. */
class Theme {
  constructor(onChange) {
    this.system = matchMedia("(prefers-color-scheme: dark)");
    this.chosen = Theme.stored();
    this.onChange = onChange;
    this.button = byId("theme-button");
    this.button.addEventListener("click", () => this.toggle());
    this.system.addEventListener("change", () => this.apply());
    this.apply();
  }

  static stored() {
    try {
      const stored = localStorage.getItem("pyflame-theme");
      return stored === "light" || stored === "dark" ? stored : null;
    } catch {
      return null;
    }
  }

  get isDark() {
    return this.chosen === null ? this.system.matches : this.chosen === "dark";
  }

  toggle() {
    this.chosen = this.isDark ? "light" : "dark";
    try {
      localStorage.setItem("pyflame-theme", this.chosen);
    } catch {
      // The choice then holds for as long as the page is open.
    }
    this.apply();
  }

  apply() {
    document.documentElement.dataset.theme = this.isDark ? "dark" : "light";
    const label = this.isDark ? "Switch to light colours" : "Switch to dark colours";
    this.button.setAttribute("aria-label", label);
    this.button.title = label;
    this.onChange?.();
  }
}
