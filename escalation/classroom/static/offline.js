// The page in one file: choices on the left select a setting that was simulated beforehand.
const data = JSON.parse(document.getElementById("data").textContent);
const axes = [...document.querySelectorAll("select")];
const home = axes.map((axis) => axis.value);
const boxes = [...document.querySelectorAll("[data-chart]")];
const titles = new Map(boxes.map((box) => [box, box.getAttribute("aria-label")]));
let charts = new Map();

function revive(options) {
  for (const key of Object.keys(options ?? {})) {
    if (typeof options[key] === "object" && options[key]) revive(options[key]);
    if (key.startsWith(":")) {
      options[key.slice(1)] = new Function(`return (${options[key]})`)();
      delete options[key];
    }
  }
  return options;
}

function begin(dark) {
  document.body.classList.toggle("body--dark", dark);
  document.getElementById("theme").textContent = data.words[dark ? "light" : "dark"];
  charts.forEach((chart) => chart.dispose());
  charts = new Map(boxes.map((box) => {
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    chart.setOption(revive(structuredClone(data.charts[dark ? "dark" : "light"][box.dataset.chart])));
    return [box, chart];
  }));
  draw();
}

function draw() {
  const cell = data.cells[axes.reduce((at, axis, k) => at * data.sizes[k] + Number(axis.value), 0)];
  const said = [];
  for (const [box, chart] of charts) {
    const [words, ...series] = cell[box.dataset.chart];
    chart.setOption({ series: series.map((values) => ({ data: values })) });
    box.setAttribute("aria-label", `${titles.get(box)}: ${words}`);
    if (box.dataset.chart === "outcomes") said.push(words);
  }
  document.querySelector("[role=status]").textContent = `${data.drawn} ${said.join(" ")}.`;
}

axes.forEach((axis) => axis.addEventListener("change", draw));
document.getElementById("reset").addEventListener("click", () => {
  axes.forEach((axis, k) => { axis.value = home[k]; });
  draw();
});
document.getElementById("theme").addEventListener("click", () => begin(!document.body.classList.contains("body--dark")));
new ResizeObserver(() => charts.forEach((chart) => chart.resize())).observe(document.body);
begin(matchMedia("(prefers-color-scheme: dark)").matches);
