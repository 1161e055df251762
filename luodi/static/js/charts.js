/* Charts of the three figures, drawn by ECharts as SVG (canvas shows empty boxes for Chinese web fonts).

   <div class="chart" data-chart="stage-bars" data-source="ID"></div><script type="application/json" id="ID">…</script>
   kinds: "stage-bars" (upright) and "unit-bars" (lying, for long names)
   data: {label, unit, whole (true = counts), unknown, summary, categories: [{name, url}],
          series: [{key: "reported"|"proven"|"net", name, values: [number|null], texts: [str], urls: [str]}]}
   `texts` are shown as they are (the server rounds once); null means not measurable: no bar, and `unknown` is said. */

const css = getComputedStyle(document.documentElement);
const token = (name) => css.getPropertyValue(`--${name}`).trim();

const INK = { color: token("ink"), fontFamily: css.fontFamily, fontSize: 12 };
/* Outline, mid and solid: the three stay apart in black and white. */
const LOOK = {
  reported: { color: token("reported-tint"), borderColor: token("reported"), borderWidth: 1.5 },
  proven: { color: token("proven") },
  net: { color: token("net") },
};

function cell(tag, text, className = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** The hover text of one place as elements: a string of HTML would need style attributes, which the policy refuses. */
function hover(data) {
  return (points) => {
    const index = points[0].dataIndex;
    const tip = cell("div", "", "chart-tip");
    tip.append(cell("strong", data.categories[index].name));
    for (const series of data.series) {
      const known = series.values[index] !== null;
      tip.append(cell("span", series.name, `fig-${series.key}`), cell("span", known ? `${series.texts[index]} ${data.unit}` : data.unknown, "num"));
    }
    return tip;
  };
}

function bars(data) {
  return data.series.map((series) => ({
    type: "bar",
    name: series.name,
    data: series.values,
    itemStyle: LOOK[series.key],
    barGap: "12%",
    barCategoryGap: "32%",
    barMaxWidth: 26,
    emphasis: { disabled: true },
    cursor: series.urls || data.categories.some((category) => category.url) ? "pointer" : "default",
  }));
}

function options(kind, data) {
  const lying = kind === "unit-bars";
  const line = { lineStyle: { color: token("line-strong") } };
  const names = {
    type: "category",
    data: data.categories.map((category) => category.name),
    inverse: lying,
    axisTick: { show: false },
    axisLine: line,
    axisLabel: { ...INK, interval: 0, width: lying ? 130 : undefined, overflow: "break" },
  };
  const amounts = {
    type: "value",
    name: lying ? "" : data.unit,
    minInterval: data.whole ? 1 : 0,
    nameTextStyle: { ...INK, color: token("ink-2"), align: data.unit.length > 2 ? "left" : "right" },
    axisLabel: { ...INK, color: token("ink-2") },
    splitLine: { lineStyle: { color: token("line") } },
  };
  return {
    animation: false,
    textStyle: INK,
    aria: { enabled: true, label: { description: data.summary || data.label } },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: INK, selectedMode: false },
    grid: { left: 4, right: 24, top: lying ? 30 : 48, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, formatter: hover(data), confine: true, transitionDuration: 0 },
    xAxis: lying ? amounts : names,
    yAxis: lying ? names : amounts,
    series: bars(data),
  };
}

function open(data, point) {
  const urls = data.series[point.seriesIndex].urls;
  const url = urls ? urls[point.dataIndex] : data.categories[point.dataIndex].url;
  if (url) location.assign(url);
}

/* ECharts measures text once: the subset of the font that holds these characters has to be there before. */
async function fontFor(data) {
  const words = [data.unit, ...data.categories.map((category) => category.name), ...data.series.map((series) => series.name)];
  await document.fonts.load(`12px ${css.fontFamily}`, `${words.join("")}0123456789,`);
}

async function draw(element) {
  if (element.dataset.ready) return;
  element.dataset.ready = "0";
  const data = JSON.parse(document.getElementById(element.dataset.source).textContent);
  await fontFor(data);
  const chart = window.echarts.init(element, null, { renderer: "svg", locale: document.documentElement.lang === "en" ? "EN" : "ZH" });
  chart.setOption(options(element.dataset.chart, data));
  chart.on("click", (point) => open(data, point));
  new ResizeObserver(() => chart.resize()).observe(element);
  element.dataset.ready = "1";
}

function drawAll() {
  document.querySelectorAll("[data-chart]").forEach(draw);
}

/** Redraw every chart now; paper is made at once and does not wait for the next frame. */
function resizeAll(width) {
  for (const element of document.querySelectorAll("[data-chart]")) {
    const chart = window.echarts.getInstanceByDom(element);
    chart?.resize({ width: width(element) });
    chart?.getZr().flush();
  }
}

/* Paper is narrower than the window: 1,020 px is an A4 page lying on its side. */
window.addEventListener("beforeprint", () => {
  const scale = Math.min(1, 1020 / window.innerWidth);
  resizeAll((element) => element.clientWidth * scale);
});
window.addEventListener("afterprint", () => resizeAll(() => "auto"));
document.addEventListener("htmx:afterSwap", drawAll);
drawAll();
