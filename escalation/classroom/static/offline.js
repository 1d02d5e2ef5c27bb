// The page in one file: what it shows, and what a visitor does. Guesses are marked by guess.js, as on the live page.
const part = (id) => document.getElementById(id);
const state = { now: HOME, pins: {}, graph: "outcomes", guess: null, dark: null, chosen: null };
let past = [], future = [], note = "", isPrinting = false;
let charts = new Map(); // by figure

// Steps

function go(setting) {
  note = "";
  if (isSame(setting, state.now)) return;
  past.push(state.now);
  future = [];
  show(setting);
}

function move(axis, value) {
  go({ ...state.now, picks: state.now.picks.map((pick, k) => (k === axis ? value : pick)) });
}

function step(from, to) {
  if (!from.length) return;
  note = "";
  to.push(state.now);
  show(from.pop());
}

function show(setting) {
  state.now = setting;
  if (state.guess?.shown) state.guess = null; // it was about the setting of then
  draw();
}

const hides = () => Boolean(state.guess) && !state.guess.shown;

// What is drawn together: the present setting, the pinned ones, and the scenario's own behind them.
function drawn() {
  const letters = Object.keys(state.pins).sort();
  const pinned = letters.map((letter) => ({ letter, name: say("PINNED", { letter }), setting: state.pins[letter] }));
  return [{ name: T.say.NOW, setting: state.now }, ...pinned, { name: T.say.AS_SCENARIO, setting: HOME }]
    .map((one) => ({ ...one, cell: number(one.setting) }));
}

// Charts

const SCREENS = [[560, "phone"], [1600, "desk"], [Infinity, "wall"]];
const screenKind = () => SCREENS.find(([width]) => innerWidth < width)[1];
let screenNow = screenKind();

function template(figure) {
  const [size, narrow] = data.screens[screenNow];
  const found = T.charts[`${size} ${narrow || state.graph === "all" ? "narrow" : "wide"}`][figure];
  const colours = data.colours[isDark() ? "dark" : "light"];
  return JSON.parse(JSON.stringify(found).replace(/@(\w+)@/g, (_, name) => colours[name]));
}

function series({ of: [k, line], named, label, ...one }, settings, figure) {
  const { name, cell } = settings[k];
  const rows = data.cells[cell][figure];
  const values = {
    bar: () => rows.map(([share]) => share),
    custom: () => rows.map(([, low, high], at) => [at, low, high]),
    scatter: () => rows.map(([share, , high], at) => {
      return { value: [high, at], label: { ...label, formatter: percent(share) } };
    }),
    line: () => rows[line],
  }[one.type];
  return { ...one, ...(named && { name }), data: hides() && cell === settings[0].cell ? [] : values() };
}

function options(figure, settings) {
  const { series: all, mark, ...found } = template(figure);
  found.series = all[settings.length - 2].map((one) => series(one, settings, figure));
  found.legend.data = settings.filter((one) => !hides() || one.cell !== settings[0].cell).map((one) => one.name);
  if (state.guess && mark) {
    const [kind, row] = state.guess.question.split("."), { percent: guess } = state.guess;
    const isByDate = data.events.includes(kind);
    const at = isByDate ? [found.xAxis.data?.length - 1, guess] : [guess, data.rows[kind].indexOf(row)];
    found.series.push({ ...mark, data: kind === figure && guess !== null ? [at] : [] });
    found.legend.data.push(mark.name);
  }
  return window.classroom.revive(found);
}

function drawFigures(settings) {
  let grid;
  for (const [figure, { box, chart }] of charts) {
    const found = options(figure, settings);
    chart.setOption(found, { notMerge: true });
    const said = hides() ? T.say.GUESS_HIDDEN : words(figure, data.cells[settings[0].cell]);
    box.setAttribute("aria-label", `${T.figures[figure].title}: ${said}`);
    if (state.guess?.question.split(".")[0] === figure) grid = found.grid;
  }
  const [left, right] = grid && !grid.containLabel ? [grid.left, grid.right] : [0, 0];
  part("guess-axis").parentElement.style.margin = `0 ${right}px 0 ${left}px`;
}

// Elements

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "does") element.addEventListener(name === "input" ? "change" : "click", value);
    else if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function dial(axis, k) {
  const t = T.axes[k];
  const choices = t.options.map((words, value) => {
    const own = value === axis.home;
    const note = own ? make("span", { class: "unseen" }, ` (${T.say.AS_SCENARIO})`) : "";
    const box = make("input", { type: "radio", name: `axis-${k}`, value, does: () => move(k, value) });
    return make("label", { class: own ? "own" : "" }, box, make("span", {}, words, note));
  });
  const more = t.more.map((line) => make("p", {}, line));
  return make(
    "fieldset", { class: "dial", "data-path": axis.path, "aria-label": t.name, "aria-describedby": `says-${k}` },
    make("legend", {}, t.label),
    make("div", { class: "options" }, ...choices),
    make("p", { class: "why-asleep", hidden: "" }),
    make("p", { class: "says", id: `says-${k}` }, t.says),
    make("details", { class: "dial-more" }, make("summary", { "aria-label": t.moreName }, T.say.MORE), ...more),
  );
}

// All that is in a language; what changes with the settings is drawn afterwards.
function build() {
  Object.assign(document.documentElement, { lang: T.code, dir: T.dir });
  document.title = T.title;
  document.querySelectorAll("[data-say]").forEach((one) => { one.textContent = T.say[one.dataset.say]; });
  document.querySelectorAll("[data-label]").forEach((one) => one.setAttribute("aria-label", T.say[one.dataset.label]));
  part("title").textContent = T.title;
  part("question").textContent = T.question;
  part("about").textContent = T.about.join(" ");
  part("presets").replaceChildren(...T.cards.map((card, k) => {
    const words = [make("strong", {}, card.label), make("span", {}, card.says)];
    return make("button", { type: "button", class: "card", does: () => go(data.cards[k]) }, ...words);
  }));
  for (const id of ["key-controls", "policy", "assumption"]) part(id).replaceChildren();
  const groups = {};
  data.axes.forEach((axis, k) => {
    const into = part(k < data.main ? "key-controls" : axis.kind), { group } = T.axes[k];
    if (groups[into.id] !== group) into.append(make("div", { class: "dial-group" }, group));
    groups[into.id] = group;
    into.append(dial(axis, k));
  });
  for (const id of ["policy", "assumption"]) part(id).parentElement.hidden = !part(id).children.length;
  part("graphs").replaceChildren(...Object.entries(T.graphs).map(([graph, words]) =>
    make("button", { type: "button", "data-graph": graph, does: () => choose(graph) }, words)));
  const languages = Object.entries(data.languages);
  part("language").replaceChildren(...languages.map(([value, { name }]) => make("option", { value, lang: value }, name)));
  part("language").value = T.code;
  part("language").hidden = part("language").length < 2;
  buildFigures();
}

function buildFigures() {
  charts.forEach(({ chart }) => chart.dispose());
  part("figures").className = `figures ${state.graph === "all" ? "several" : "one"}`;
  part("figures").replaceChildren();
  charts = new Map(data.graphs[state.graph].map((figure) => {
    const { title, says } = T.figures[figure];
    const box = make("div", { class: "chart", role: "img", "aria-label": title });
    const head = make("div", { class: "figure-head" }, make("h2", {}, title));
    const named = { class: "figure", "data-figure": figure.replace(":", "_"), "aria-label": title };
    part("figures").append(make("section", named, head, box, make("p", { class: "note" }, says)));
    return [figure, { box, chart: window.echarts.init(box, null, { renderer: "svg" }) }];
  }));
  const terms = new Map(data.graphs[state.graph].flatMap((figure) => T.figures[figure].terms));
  const lines = [...terms].flatMap(([term, meaning]) => [make("dt", {}, term), make("dd", {}, meaning)]);
  part("terms").replaceChildren(...lines);
  const rows = data.questions[state.graph].map((question) => make("option", { value: question }, T.row[question]));
  part("guess-row").replaceChildren(...rows);
}

function choose(graph) {
  state.graph = graph;
  if (state.guess && !data.questions[graph].includes(state.guess.question)) {
    const question = hides() && data.first[graph];
    state.guess = question ? { question, percent: null, shown: false } : null;
  }
  buildFigures();
  draw();
}

// What changes with the settings

const enable = (id, on) => part(id).setAttribute("aria-disabled", !on);
const isDark = () => !isPrinting && (state.dark ?? matchMedia("(prefers-color-scheme: dark)").matches);

function draw() {
  const settings = drawn(), [now] = settings, start = data.starts[state.now.start];
  const inert = Boolean(past.length) && !isSame(past.at(-1), state.now) && isInert(number(past.at(-1)), now.cell);
  document.body.classList.toggle("body--dark", isDark());
  part("theme").textContent = T.say[isDark() ? "THEME_LIGHT" : "THEME_DARK"];
  drawFigures(settings);
  drawGuess(now);
  const moved = `${sentence(T.settings[now.cell])}.${inert ? ` ${T.say.INERT}` : ""}${note ? ` ${note}` : ""}`;
  part("status").textContent = say("DRAWN", { n: shown(data.n), seed: T.seed, moved });
  part("next").textContent = next(inert);
  data.cards.forEach((card, k) => part("presets").children[k].setAttribute("aria-pressed", isSame(card, state.now)));
  for (const one of part("graphs").children) one.setAttribute("aria-pressed", one.dataset.graph === state.graph);
  data.axes.forEach((axis, k) => drawDial(axis, k, start, now));
  const card = data.cards.findIndex((one) => one.start === state.now.start);
  part("start").hidden = !state.now.start;
  const words = { card: T.cards[card]?.label, setting: T.starts[state.now.start] };
  part("start").firstElementChild.textContent = state.now.start ? say("OFFLINE_START", words) : "";
  enable("undo", past.length);
  enable("redo", future.length);
  drawPins(settings);
  keep();
}

function drawDial(axis, k, start, now) {
  const box = document.querySelector(`[data-path="${axis.path}"]`), fixed = k >= start.axes;
  box.classList.toggle("moved", state.now.picks[k] !== axis.home);
  box.disabled = fixed;
  box.querySelectorAll("input").forEach((one, value) => { one.checked = value === state.now.picks[k]; });
  const remark = fixed ? T.say.OFFLINE_FIXED : T.remarks[now.cell][k];
  const why = box.querySelector(".why-asleep");
  box.classList.toggle("asleep", Boolean(remark));
  why.hidden = !remark;
  why.textContent = remark ?? "";
}

function next(inert) {
  if (state.guess?.shown) return T.say.NEXT_GUESSED;
  if (state.guess) return state.guess.percent === null ? T.say.NEXT_GUESS : T.say.OFFLINE_PLACED;
  if (inert) return T.say.NEXT_INERT;
  if (isSame(state.now, HOME)) return past.length ? T.say.NEXT_MOVE : T.begin;
  const pins = Object.values(state.pins);
  if (!pins.length) return T.say.NEXT_PIN;
  return pins.some((one) => isSame(one, state.now)) ? T.say.NEXT_MOVE : T.say.NEXT_COMPARE;
}

function drawPins(settings) {
  const box = part("pins"), [now, ...pins] = settings, own = pins.pop();
  const words = T.settings[now.cell];
  box.replaceChildren();
  if (hides()) return box.append(make("p", {}, T.say.GUESS_HIDDEN));
  if (!pins.length && isSame(state.now, HOME)) box.append(make("p", {}, T.say.NO_PINS));
  const isCompared = pins.some((one) => isSame(one.setting, HOME)) || isSame(state.now, HOME);
  if (!isCompared) box.append(...comparison(own, now, say("COMPARED_OWN", { now: words })));
  for (const pin of pins) {
    const heading = say("COMPARED", { name: pin.name, setting: T.settings[pin.cell], now: words });
    const named = { type: "button", class: "small", "aria-label": say("UNPIN_NAME", { name: pin.name }) };
    const remove = make("button", { ...named, does: () => unpin(pin.letter) }, T.say.UNPIN);
    box.append(make("div", { class: "pin" }, ...comparison(pin, now, heading), remove));
  }
}

function comparison(before, after, heading) {
  const rows = compare(before.cell, after.cell), clear = rows.filter((row) => row.clear);
  const inWords = [say("CLEAR_OF", { clear: shown(clear.length), n: shown(rows.length) })];
  const { clause, ...largest } = rows[0];
  const shares = { after: percent(100 * largest.after), before: percent(100 * largest.before) };
  if (clear.length) inWords.push(say("OFFLINE_LARGEST", { clause, ...shares }));
  const heads = T.say.DIFFERENCE_COLUMNS.map((head) => make("th", { scope: "col" }, fill(head, { name: before.name })));
  const lines = rows.map((row) => {
    const numbers = [percent(100 * row.before), percent(100 * row.after), points(row)];
    return make(
      "tr", { class: row.clear ? "clear" : "" },
      make("th", { scope: "row" }, row.clause),
      ...numbers.map((cell) => make("td", { class: "number" }, cell)),
      make("td", {}, row.clear ? T.say.CLEAR : T.say.UNCLEAR),
    );
  });
  const table = make("table", { class: "rows" }, make("tr", {}, ...heads), ...lines);
  return [
    make("h3", {}, heading), make("p", { class: "caveat" }, inWords.join(" ")),
    make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": heading }, table),
  ];
}

function points({ estimate, low, high }) {
  const sign = estimate >= 0 ? "+" : "−";
  return say("POINTS", { points: sign + shown(100 * Math.abs(estimate), 1), half: shown(50 * (high - low), 1) });
}

function pin() {
  const free = [...data.letters].find((letter) => !state.pins[letter]);
  if (!free) return void (part("status").textContent = T.say.PINS_FULL);
  state.pins[free] = state.now;
  draw();
}

function unpin(letter) {
  delete state.pins[letter];
  draw();
  part("pin").focus(); // its own button is gone
}

// Guesses

function drawGuess(now) {
  const { guess } = state;
  part("panel").hidden = !guess;
  part("guess-first").setAttribute("aria-pressed", Boolean(guess));
  part("figures").classList.toggle("guessing", hides());
  if (!guess) return;
  part("asked").textContent = T.asked[guess.question];
  part("field").hidden = part("guess-axis").parentElement.hidden = part("show").hidden = guess.shown;
  enable("show", guess.percent !== null);
  part("guess").value = guess.percent ?? "";
  part("guess-axis").value = guess.percent ?? 50;
  part("guess-row").value = guess.question;
  part("miss").textContent = guess.shown ? miss(guess, data.cells[now.cell]) : T.say.GUESS_HOW;
}

function miss({ question, percent: guess }, cell) {
  const [kind, row] = question.split(".");
  const [share, low, high] = cell.ends[kind] ?? cell[kind][data.rows[kind].indexOf(row)];
  const values = { share: percent(share), low: percent(low), high: percent(high) };
  const distance = share - guess, size = Math.abs(distance);
  const miss = distance > 0 ? "GUESS_MORE" : "GUESS_LESS";
  const text = low <= guess && guess <= high ? "GUESS_WITHIN" : miss;
  const said = say(text, { ...values, guess: percent(guess, 0), points: shown(size, size < 10 ? 1 : 0) });
  return data.nuclear.includes(question) ? `${said} ${T.nuclear}` : said;
}

function beginGuess() {
  const question = data.first[state.graph];
  if (!state.guess && !question) return void (part("status").textContent = T.say.NO_SHARES);
  state.guess = state.guess ? null : { question, percent: null, shown: false };
  draw();
}

const percentOf = (given) => (/^\d{1,3}$/.test(given) && Number(given) <= 100 ? Number(given) : null);

function placeGuess() {
  const [question, given] = window.classroom.guessed();
  state.guess = { question, percent: percentOf(given), shown: false };
  draw();
}

// The address: the part after # has the keys of the live page, so a link or a page loaded again shows the same.

function keep() {
  const { guess } = state;
  const asked = guess && [guess.question, guess.percent ?? "", guess.shown ? "shown" : ""].join(":").replace(/:+$/, "");
  const colours = state.dark === null ? "" : state.dark ? "dark" : "light";
  const all = [["colours", colours], ["language", state.chosen ?? ""]];
  all.push(["graph", state.graph === "outcomes" ? "" : state.graph], ["guess", asked ?? ""]);
  all.push(...pairsOf(state.now).map((pair) => ["set", pair.join("=")]));
  for (const letter of Object.keys(state.pins).sort()) {
    all.push(["pin", letter], ...pairsOf(state.pins[letter]).map((pair) => ["pin", `${letter}:${pair.join("=")}`]));
  }
  const legible = (text) => encodeURIComponent(text).replace(/%(3D|3A|2C|2F|3B)/g, decodeURIComponent);
  const query = all.filter(([, value]) => value).map(([key, value]) => `${key}=${legible(value)}`).join("&");
  if (location.hash.slice(1) !== query) history.replaceState(null, "", `#${query}`);
}

function read() {
  const query = new URLSearchParams(location.hash.slice(1));
  const pair = (text) => text.split(/=(.*)/s).slice(0, 2);
  const known = (codes) => codes.map((code) => code.split("-")[0]).find((code) => code in data.languages);
  state.chosen = known([query.get("language") ?? ""]);
  T = data.languages[state.chosen ?? known(navigator.languages) ?? "en"];
  state.dark = { dark: true, light: false }[query.get("colours")] ?? null;
  state.graph = query.get("graph") in data.graphs ? query.get("graph") : "outcomes";
  const [question, given, shown] = (query.get("guess") ?? "").split(":");
  const percent = percentOf(given), isAsked = data.questions[state.graph].includes(question);
  state.guess = isAsked ? { question, percent, shown: percent !== null && shown === "shown" } : null;
  const wanted = query.getAll("set").map(pair);
  state.now = settingOf(wanted);
  note = pairsOf(state.now).length === wanted.length ? "" : T.say.OFFLINE_NEAREST;
  state.pins = {};
  for (const letter of data.letters) {
    const lines = query.getAll("pin").filter((one) => one[0] === letter);
    if (lines.length) state.pins[letter] = settingOf(lines.map((one) => one.slice(2)).filter(Boolean).map(pair));
  }
  [past, future] = [[], []];
  build();
  draw();
}

// What a visitor does

Object.assign(window.classroom, {
  chartOf: (box) => [...charts.values()].find((one) => one.box === box)?.chart,
  compare,
});

const acts = {
  undo: () => step(past, future),
  redo: () => step(future, past),
  reset: () => go(HOME),
  leave: () => go({ start: 0, picks: state.now.picks }),
  pin,
  "guess-first": beginGuess,
  stop: beginGuess,
  show: () => state.guess.percent !== null && (state.guess = { ...state.guess, shown: true }) && draw(),
  theme: () => ((state.dark = !isDark()), draw()),
  skip: (event) => (event.preventDefault(), part("results").focus()),
};
for (const [id, does] of Object.entries(acts)) part(id).addEventListener("click", does);
for (const id of ["guess", "guess-axis", "guess-row"]) part(id).addEventListener("change", placeGuess);
part("guess-axis").addEventListener("input", () => window.classroom.followAxis());
part("language").addEventListener("change", (event) => {
  state.chosen = event.target.value;
  T = data.languages[state.chosen];
  build();
  draw();
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches("input[type=number]")) return;
  const does = { z: event.shiftKey ? acts.redo : acts.undo, y: acts.redo }[event.key.toLowerCase()];
  if (!does) return;
  event.preventDefault();
  does();
});
addEventListener("hashchange", read);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
new ResizeObserver(() => {
  if (screenNow !== screenKind()) {
    screenNow = screenKind();
    draw();
  }
  charts.forEach(({ chart }) => chart.resize());
}).observe(document.body);
// On paper, charts are light and keep the size of their letters.
function print(on) {
  isPrinting = on;
  draw();
  charts.forEach(({ chart }) => chart.resize(on ? { width: 620, height: 360 } : undefined));
}
addEventListener("beforeprint", () => print(true));
addEventListener("afterprint", () => print(false));
read();
