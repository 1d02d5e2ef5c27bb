// What happens in the browser alone: the replay of a change, keyboard shortcuts, the tour, the focus in what is
// redrawn, and the kind of screen.
(() => {
const SCREENS = [[560, "phone"], [1600, "desk"], [Infinity, "wall"]];

Object.assign(window.classroom, {
  // Tells the server the kind of screen, now and whenever it changes.
  watchScreen() {
    const tell = () => {
      const [, kind] = SCREENS.find(([width]) => innerWidth < width);
      if (kind !== this.screen) emitEvent("screen", kind);
      this.screen = kind;
    };
    this.screen = null;
    tell();
    if (!this.watching) addEventListener("resize", tell);
    this.watching = true;
  },

  // Draws charts as they were before the last change, and lets them become what they are. Numbers of the data
  // move on the way; who prefers less motion sees the one, then the other.
  async replay(charts) {
    const run = (this.replaying = {});
    const shown = charts.map((one) => ({ ...one, view: getElement(one.id) })).filter((one) => one.view?.chart);
    const goesOn = () => this.replaying === run && shown.every((one) => one.view.options === one.given);
    for (const one of shown) {
      one.given = one.view.options;
      one.view.chart.setOption(this.revive(structuredClone(one.before)), { notMerge: true });
    }
    await this.wait(900);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const begin = performance.now(), lasts = still ? 0 : 1200;
    for (let part = 0; part < 1 && goesOn();) {
      part = lasts ? Math.min(1, (performance.now() - begin) / lasts) : 1;
      const eased = part * part * (3 - 2 * part);
      for (const one of shown) {
        const series = one.after.series.map((after, k) => ({ data: mix(one.before.series[k]?.data, after.data, eased) }));
        one.view.chart.setOption({ series });
      }
      await new Promise(requestAnimationFrame);
    }
    if (goesOn()) {
      for (const one of shown) one.view.chart.setOption(this.revive(structuredClone(one.after)), { notMerge: true });
    }
  },

  wait(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms));
  },

  // Steps through the parts of the page. Seen once, it is not offered again in this browser.
  tour(at = 0) {
    const box = document.getElementById("tour");
    const steps = [...box.querySelectorAll("[data-at]")].filter((step) => target(step)?.checkVisibility());
    document.querySelectorAll(".toured").forEach((one) => one.classList.remove("toured"));
    this.remember("tour");
    if (at < 0 || at >= steps.length) {
      box.close();
      this.toured?.focus();
      return;
    }
    if (!box.open) {
      this.toured = document.activeElement;
      box.show();
    }
    this.at = at;
    for (const step of box.querySelectorAll("[data-at]")) step.hidden = step !== steps[at];
    box.querySelector("[data-tour=back]").disabled = at === 0;
    const last = at === steps.length - 1;
    box.querySelector("[data-tour=on]").hidden = last;
    box.querySelector("[data-tour=end]").hidden = !last;
    const aim = target(steps[at]);
    aim.classList.add("toured");
    aim.scrollIntoView({ block: "center" });
    beside(box, aim.getBoundingClientRect());
    box.querySelector(last ? "[data-tour=end]" : "[data-tour=on]").focus();
  },

  // What a browser remembers, and only it: that the tour was seen, that single keys are off.
  remember(name, value = "1") {
    try {
      localStorage.setItem(`classroom.${name}`, value);
    } catch { /* a private window may keep nothing */ }
    document.documentElement.dataset[name] = value;
  },
  recall() {
    for (const name of ["tour", "keys"]) {
      try {
        document.documentElement.dataset[name] = localStorage.getItem(`classroom.${name}`) ?? "";
      } catch { /* as above */ }
    }
  },

  // The box in the list of shortcuts shows what is remembered.
  listKeys() {
    document.getElementById("single-keys").checked = document.documentElement.dataset.keys !== "off";
    document.getElementById("shortcuts").showModal();
  },
  useKeys(on) {
    this.remember("keys", on ? "" : "off");
  },
});

function target(step) {
  return document.getElementById(step.dataset.at);
}

// Below or above what it points at, wherever there is more room; always within the window.
function beside(box, aim) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = aim.bottom + 12;
  const top = below + height < innerHeight ? below : Math.max(8, aim.top - height - 12);
  box.style.top = `${Math.min(top, innerHeight - height - 8)}px`;
  box.style.left = `${Math.max(8, Math.min(aim.left, innerWidth - width - 8))}px`;
}

// Between two values: numbers move, texts that change are hidden on the way, all else is as it will be.
function mix(before, after, part) {
  if (typeof after === "number" && typeof before === "number") return before + (after - before) * part;
  if (typeof after === "string" && before !== after && part < 1) return "";
  if (Array.isArray(after)) return after.map((value, k) => mix(before?.[k], value, part));
  if (after && typeof after === "object") {
    return Object.fromEntries(Object.entries(after).map(([key, value]) => [key, mix(before?.[key], value, part)]));
  }
  return after;
}

// A part that is redrawn loses the element that has the focus. It goes to the one in the same place, counted from
// the end, since lists grow at their beginning; to the part itself if there is none.
let held = null;
const buttons = (part) => [...part.querySelectorAll("button, a[href]")];
const redrawn = new MutationObserver(() => {
  if (!held || (document.activeElement && document.activeElement !== document.body) || !held.part.isConnected) return;
  const { part, place } = held;
  (buttons(part).at(-place) ?? part).focus({ preventScroll: true });
});
document.addEventListener("focusin", (event) => {
  const part = event.target.closest("[data-redrawn]");
  if (part === event.target) return;
  const all = part ? buttons(part) : [];
  held = all.includes(event.target) ? { part, place: all.length - all.indexOf(event.target) } : null;
  redrawn.disconnect();
  if (held) redrawn.observe(part, { childList: true, subtree: true });
});
// A removed element may tell that it has lost the focus; one that is still there was left on purpose.
document.addEventListener("focusout", (event) => {
  if (event.target.isConnected) setTimeout(() => event.target.isConnected && document.activeElement === document.body && (held = null));
});

// A key presses the button that declares it in `aria-keyshortcuts`. Single keys can be switched off, and are never
// taken from a field in which they mean something.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("tour");
  if (box?.open && (event.key === "Escape" || event.key === "ArrowRight" || event.key === "ArrowLeft")) {
    event.preventDefault();
    window.classroom.tour({ Escape: -1, ArrowRight: window.classroom.at + 1, ArrowLeft: Math.max(0, window.classroom.at - 1) }[event.key]);
    return;
  }
  if (event.altKey || document.querySelector("dialog:modal")) return;
  const writes = event.target.closest?.("input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]");
  const held = event.ctrlKey || event.metaKey;
  if (writes || (!held && document.documentElement.dataset.keys === "off")) return;
  let key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (held && event.shiftKey && key === "Z") key = "Y";
  const name = held ? `Control+${key}` : key;
  const pressed = [...document.querySelectorAll("[aria-keyshortcuts]")].find(
    (one) => one.getAttribute("aria-keyshortcuts") === name && one.checkVisibility()
  );
  if (!pressed) return;
  event.preventDefault();
  if (!pressed.disabled) pressed.click();
});

window.classroom.recall();
})();
