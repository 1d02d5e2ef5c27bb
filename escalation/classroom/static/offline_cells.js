// The page in one file: what it holds. A setting is a place to start from and, for each control, the place of its value;
// both give the number of a cell that was simulated beforehand. What it shows is in offline.js, which follows.
const data = JSON.parse(document.getElementById("data").textContent);
const HOME = { start: 0, picks: data.starts[0].picks };

let T; // the texts of the present language

// Settings

function number(setting) {
  const { axes, cells } = data.starts[setting.start];
  return cells[data.axes.slice(0, axes).reduce((at, axis, k) => at * axis.values.length + setting.picks[k], 0)];
}

function pairsOf(setting) {
  const pairs = new Map(data.starts[setting.start].set);
  data.axes.forEach((axis, k) => {
    if (setting.picks[k] !== axis.home) pairs.set(axis.path, axis.values[setting.picks[k]]);
  });
  return [...pairs].sort(([one], [other]) => (one < other ? -1 : 1));
}

// The setting with these pairs, or the nearest that the file has.
function settingOf(pairs) {
  const same = (one, other) => one === other || (one !== undefined && Number(one) === Number(other));
  const wanted = new Map(pairs);
  const starts = data.starts.map((start, place) => ({ ...start, place }))
    .filter((start) => start.set.every(([path, value]) => same(wanted.get(path), value)));
  const start = starts.reduce((best, one) => (one.set.length > best.set.length ? one : best));
  const picks = start.picks.map((pick, k) => {
    const at = data.axes[k].values.findIndex((value) => same(wanted.get(data.axes[k].path), value));
    return k < start.axes && at >= 0 ? at : pick;
  });
  return { start: start.place, picks };
}

const isSame = (one, other) => one.start === other.start && String(one.picks) === String(other.picks);

// Words and numbers

const say = (key, values) => fill(T.say[key], values);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const formats = {};

// As Python rounds, so that both pages show the same: by the exact value, and from the middle to the even digit.
function rounded(value, digits) {
  const isMiddle = Math.abs(value * 2 ** (digits + 1)) % 2 === 1;
  return isMiddle ? (2 * Math.round((value * 10 ** digits) / 2)) / 10 ** digits : Number(value.toFixed(digits));
}

function shown(value, digits = 0, style = "decimal") {
  const key = [T.code, digits, style];
  formats[key] ??= new Intl.NumberFormat(T.code, { style, minimumFractionDigits: digits, maximumFractionDigits: digits });
  return formats[key].format(style === "percent" ? rounded(value, digits) / 100 : rounded(value, digits));
}

const percent = (share, digits = 1) => shown(share, digits, "percent");
const sentence = (words) => words.charAt(0).toLocaleUpperCase(T.code) + words.slice(1);

function words(figure, cell) {
  const values = cell[figure], kind = figure.split(":")[0];
  if (data.events.includes(kind)) return say("EVENT_WORDS", { share: percent(cell.ends[kind][0]), days: shown(T.days) });
  if (kind === "fan") {
    const [q05, wide, q25, narrow, q50] = values.map((line) => line.at(-1));
    const quantiles = { q05, q25, q50, q75: q25 + narrow, q95: q05 + wide };
    for (const name in quantiles) quantiles[name] = shown(quantiles[name], 1);
    return say("FAN_WORDS", { date: T.last, ...quantiles });
  }
  const rows = data.rows[kind].map((row, k) => ({ name: T.row[`${kind}.${row}`], share: values[k][0] }));
  const said = rows.filter(({ share }) => share || kind !== "peaks");
  return said.map(({ name, share }) => `${name} ${percent(share)}`).join(", ");
}

// Comparisons: paired on common random numbers, from the numbers of crises with yes under both settings

const bytes = Uint8Array.from(atob(data.joint), (letter) => letter.charCodeAt(0));
const joint = new (data.bytes === 2 ? Uint16Array : Uint32Array)(bytes.buffer);
const pairs = (data.cells.length * (data.cells.length + 1)) / 2;

function both(share, one, other) {
  const [low, high] = one < other ? [one, other] : [other, one];
  return joint[share * pairs + (high * (high + 1)) / 2 + low];
}

// The adjusted Wald interval of Agresti and Min (2005), as `escalation.stats.intervals.paired_shares`.
function paired(gained, lost, n) {
  const middle = (gained - lost) / (n + 2);
  const half = (data.z * Math.sqrt(gained + lost + 1 - (gained - lost) * middle)) / (n + 2);
  return { estimate: (gained - lost) / n, low: Math.max(middle - half, -1), high: Math.min(middle + half, 1) };
}

function compare(one, other) {
  const rows = T.clauses.map((clause, share) => {
    const [yes, before, after] = [both(share, one, other), both(share, one, one), both(share, other, other)];
    const found = paired(after - yes, before - yes, data.n);
    return { clause, before: before / data.n, after: after / data.n, ...found, clear: found.low > 0 || found.high < 0 };
  });
  return rows.sort((a, b) => b.clear - a.clear || Math.abs(b.estimate) - Math.abs(a.estimate));
}

// Whether a change from one setting to another has no effect, as far as the file can say.
function isInert(one, other) {
  const yes = T.clauses.map((_, share) => [both(share, one, one), both(share, one, other), both(share, other, other)]);
  const isSame = yes.every(([before, always, after]) => before === always && always === after);
  return isSame && JSON.stringify(data.cells[one]) === JSON.stringify(data.cells[other]);
}
