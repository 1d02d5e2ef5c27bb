// Guesses: a slider, a number and a click in a chart are one field; and the screen of a presenter.
(() => {
const part = (id) => document.getElementById(id);

Object.assign(window.classroom, {
  guessed() {
    const value = part("guess").value;
    if (event?.target?.id === "guess") part("guess-axis").value = value;
    return [part("guess-row")?.value ?? "", value];
  },
  followAxis() {
    part("guess").value = part("guess-axis").value;
  },
  placeGuess(question, percent) {
    requestAnimationFrame(() => {
      if (!part("guess")) return;
      part("guess").value = percent ?? "";
      part("guess-axis").value = percent ?? 50;
      if (part("guess-row")) part("guess-row").value = question;
    });
  },

  // Tokens of this browser: of the guess rounds it opened, and of its own guess in each.
  token(kind, code) {
    try {
      return localStorage.getItem(`${kind}.${code}`) ?? "";
    } catch {
      return "";
    }
  },
  keepToken(kind, code, token) {
    try {
      localStorage.setItem(`${kind}.${code}`, token);
    } catch { /* a private window may keep nothing: the open page does */ }
  },
  forgetTokens() {
    try {
      for (const key of Object.keys(localStorage)) if (/^(guess|round)\./.test(key)) localStorage.removeItem(key);
    } catch { /* as above */ }
  },

  // Full screen needs a press of a button or a key; where a browser refuses it, the large page does.
  fillScreen(on) {
    if (on) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen();
    return on;
  },
});

// A click in a chart marks the guess: on a bar's row for that row, at the place on the axis of shares.
document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".guessing .chart");
  const chart = box && window.classroom.chartOf(box);
  if (!chart || !part("guess")?.checkVisibility()) return;
  const bounds = box.getBoundingClientRect();
  const at = [event.clientX - bounds.left, event.clientY - bounds.top];
  if (!chart.containPixel({ gridIndex: 0 }, at)) return;
  const [x, y] = chart.convertFromPixel({ xAxisIndex: 0, yAxisIndex: 0 }, at);
  const lies = [chart.getOption().xAxis].flat()[0].type === "value";
  const percent = Math.min(100, Math.max(0, Math.round(lies ? x : y)));
  const figure = box.closest("[data-figure]")?.dataset.figure;
  const rows = [...(part("guess-row")?.options ?? [])].filter((one) => one.value.startsWith(`${figure}.`));
  if (part("guess-row") && !rows.length) return;
  if (rows.length) part("guess-row").value = rows[lies ? Math.round(y) : 0].value;
  part("guess").value = part("guess-axis").value = percent;
  part("guess").dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.id === "guess") part("send")?.click();
  // In full screen, Escape never gets here: see below.
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) leavePresenting();
});

// Who leaves the full screen by Escape leaves presenting.
document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement) leavePresenting();
});

function leavePresenting() {
  document.querySelector(".presenting [data-presents]")?.click();
}
})();
