// Draws every [data-chart]; what is drawn comes from ChartSpec, how it looks stands here. ECharts is fetched when the first chart comes into view.
(() => {
  "use strict";
  const library = document.currentScript.dataset.echarts;
  const zh = document.documentElement.lang.startsWith("zh");
  const drawn = new Map();
  let loading;
  const load = () =>
    (loading ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = library;
      script.onload = done;
      script.onerror = fail;
      document.head.append(script);
    }));

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const look = () => ({
    colors: [1, 2, 3, 4, 5, 6, 7, 8].map((i) => css(`--chart-${i}`)),
    text: css("--ink-2"),
    faint: css("--line"),
    paper: css("--paper"),
    ink: css("--ink"),
    goal: css("--holds"),
  });

  const fixed = (value, digits) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
  const trim = (value, digits) => value.toLocaleString("en-US", { maximumFractionDigits: digits }).replace("-", "−");
  const compact = (value) => {
    const size = Math.abs(value);
    if (zh) return size >= 1e8 ? `${trim(value / 1e8, 2)}亿` : size >= 1e4 ? `${trim(value / 1e4, 1)}万` : trim(value, 0);
    return size >= 1e6 ? `${trim(value / 1e6, 2)}M` : size >= 1e4 ? `${trim(value / 1e3, 1)}k` : trim(value, size < 10 ? 2 : 0);
  };
  const writer = ({ of, symbol }, short) => (value) => {
    if (value === null || value === undefined || value === "-" || Number.isNaN(value)) return "–";
    if (of.unit === "Money") return symbol + (short ? compact(value) : fixed(value, 2));
    if (of.unit === "Share") return `${trim(value * 100, short ? 1 : 2)}%`;
    if (of.unit === "Ratio") return fixed(value, 2);
    return short ? compact(value) : trim(value, 1);
  };
  const day = (iso) => {
    const [, month, date] = iso.split("-").map(Number);
    return zh ? `${month}月${date}日` : `${date} ${["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1]}`;
  };

  const safe = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

  const frame = (spec, at) => ({
    color: at.colors,
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: at.text },
    tooltip: {
      confine: true,
      backgroundColor: at.paper,
      borderColor: at.faint,
      textStyle: { color: at.ink, fontSize: 12 },
      valueFormatter: writer(spec, false),
    },
    legend: { type: "scroll", top: 0, left: 0, right: 0, icon: "roundRect", itemWidth: 10, itemHeight: 3, itemGap: 16, textStyle: { color: at.text, fontSize: 12 } },
    grid: { left: 4, right: 14, top: 34, bottom: 2, containLabel: true },
  });
  const values = (spec, at) => ({
    type: "value",
    // A line may start where its values are; a bar that does not start at zero lies.
    scale: spec.kind === "line" && spec.of.unit === "Ratio",
    splitNumber: 4,
    axisLabel: { formatter: writer(spec, true), color: at.text, fontSize: 11 },
    splitLine: { lineStyle: { color: at.faint } },
  });
  const names = (data, at) => ({
    type: "category",
    data,
    axisLine: { lineStyle: { color: at.faint } },
    axisTick: { show: false },
    axisLabel: { color: at.text, fontSize: 11, hideOverlap: true },
  });

  // What is only there to compare with is grey; the first real series is always the first colour.
  const order = [0, 1, 2, 3, 4, 6, 7];
  const tint = (series, i, at) => ({
    color: at.colors[series[i].reference ? 5 : order[series.slice(0, i).filter((s) => !s.reference).length % order.length]],
  });

  const line = (spec, at) => {
    const { of } = spec;
    const series = of.series.map((s, i) => ({
      name: s.name,
      type: "line",
      data: s.values,
      showSymbol: of.days.length < 3,
      symbolSize: 5,
      ...tint(of.series, i, at),
      lineStyle: s.reference ? { width: 1.5, type: "dashed" } : { width: 2 },
      ...(i === 0 ? marks(of, at, spec, of.days.length) : {}),
    }));
    if (of.band)
      series.push(
        { name: "low", type: "line", data: of.band.low, stack: "band", silent: true, symbol: "none", lineStyle: { opacity: 0 }, tooltip: { show: false } },
        {
          name: of.band.name,
          type: "line",
          data: of.band.high.map((high, i) => (high === null || of.band.low[i] === null ? null : high - of.band.low[i])),
          stack: "band",
          silent: true,
          symbol: "none",
          lineStyle: { opacity: 0 },
          itemStyle: { color: at.colors[0], opacity: 0.35 },
          areaStyle: { color: at.colors[0], opacity: 0.14 },
          tooltip: { show: false },
        },
      );
    const base = frame(spec, at);
    const legend = [...of.series.map((s) => s.name), ...(of.band ? [of.band.name] : [])];
    return {
      ...base,
      legend: { ...base.legend, data: legend, show: legend.length > 1 },
      grid: { ...base.grid, top: legend.length > 1 ? 34 : 12 },
      tooltip: { ...base.tooltip, trigger: "axis", axisPointer: { lineStyle: { color: at.text } } },
      xAxis: { ...names(of.days.map(day), at), boundaryGap: false },
      yAxis: values(spec, at),
      series,
    };
  };
  const marks = (of, at, spec, count) => ({
    ...(of.goal !== undefined && {
      markLine: {
        silent: true,
        symbol: "none",
        lineStyle: { color: at.goal, type: [5, 4], width: 1.5 },
        label: { formatter: `${of.goalName ?? (zh ? "目标" : "Goal")} ${writer(spec, true)(of.goal)}`, position: "insideStartTop", color: at.goal, fontSize: 11 },
        data: [{ yAxis: of.goal }],
      },
    }),
    ...shades(of, at, count),
  });
  // Promotion days by their names, and the days that may still change. One day alone is as wide as the step to the next.
  const shades = (of, at, count) => {
    const areas = (of.spans ?? []).map(({ name, from, to }) => [
      { name, xAxis: from, itemStyle: { color: at.colors[3], opacity: 0.12 } },
      { xAxis: from === to ? Math.min(to + 1, count - 1) : to },
    ]);
    if (of.movingFrom) areas.push([{ name: zh ? "未稳定" : "still moving", xAxis: day(of.movingFrom) }, { xAxis: count - 1 }]);
    return (
      areas.length > 0 && {
        markArea: {
          silent: true,
          itemStyle: { color: at.text, opacity: 0.08 },
          label: { color: at.text, fontSize: 11, position: "insideTop" },
          data: areas,
        },
      }
    );
  };
  const bars = (spec, at) => {
    const base = frame(spec, at);
    return {
      ...base,
      legend: { ...base.legend, show: spec.of.series.length > 1 },
      grid: { ...base.grid, top: spec.of.series.length > 1 ? 34 : 12 },
      tooltip: { ...base.tooltip, trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { opacity: 0.15 } } },
      xAxis: names(spec.of.names, at),
      yAxis: values(spec, at),
      series: spec.of.series.map((s, i) => ({
        name: s.name,
        type: "bar",
        ...(i === 0 ? shades(spec.of, at, spec.of.names.length) : {}),
        ...tint(spec.of.series, i, at),
        data: s.values,
        stack: spec.of.stacked ? "all" : undefined,
        barMaxWidth: 28,
        itemStyle: { borderRadius: spec.of.stacked ? 0 : [3, 3, 0, 0], opacity: s.reference ? 0.45 : 1 },
      })),
    };
  };
  // A sankey has no circles: what a channel gives and what it gets are two nodes of one name.
  const flow = (spec, at) => {
    const gives = [...new Set(spec.of.moves.map((m) => m.from))];
    const gets = [...new Set(spec.of.moves.map((m) => m.to))];
    const all = [...new Set([...gives, ...gets])];
    const node = (name, side) => ({ name: `${side}${name}`, itemStyle: { color: at.colors[all.indexOf(name) % at.colors.length] }, label: { position: side === "<" ? "right" : "left" } });
    const base = frame(spec, at);
    return {
      ...base,
      legend: { show: false },
      series: [
        {
          type: "sankey",
          left: 4,
          right: 4,
          top: 8,
          bottom: 8,
          nodeWidth: 10,
          nodeGap: 14,
          draggable: false,
          data: [...gives.map((n) => node(n, "<")), ...gets.map((n) => node(n, ">"))],
          links: spec.of.moves.map((m) => ({ source: `<${m.from}`, target: `>${m.to}`, value: m.value })),
          lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 },
          label: { color: at.ink, fontSize: 12, formatter: (p) => `${p.name.slice(1)}  ${writer(spec, true)(p.value)}` },
          tooltip: { formatter: (p) => (p.dataType === "edge" ? `${safe(p.data.source.slice(1))} → ${safe(p.data.target.slice(1))}<br>` : `${safe(p.name.slice(1))}<br>`) + writer(spec, false)(p.value) },
        },
      ],
    };
  };
  const kinds = { line, bars, flow };

  const draw = (box) => {
    const spec = JSON.parse(box.dataset.chart);
    const chart = drawn.get(box) ?? echarts.init(box, null, { renderer: "svg" });
    drawn.set(box, chart);
    chart.setOption(kinds[spec.kind](spec, look()), true);
  };
  const resized = new ResizeObserver((entries) => entries.forEach((e) => drawn.get(e.target)?.resize()));
  const seen = new IntersectionObserver(
    (entries) =>
      entries
        .filter((e) => e.isIntersecting)
        .forEach(async (e) => {
          seen.unobserve(e.target);
          await load();
          draw(e.target);
          resized.observe(e.target);
        }),
    { rootMargin: "300px" },
  );
  const find = (root) => root.querySelectorAll?.("[data-chart]").forEach((box) => drawn.has(box) || seen.observe(box));
  const sweep = () => {
    for (const [box, chart] of drawn) {
      if (box.isConnected) continue;
      chart.dispose();
      drawn.delete(box);
    }
  };
  find(document);
  document.body.addEventListener("htmx:load", (e) => {
    sweep();
    find(e.detail.elt.parentElement ?? document);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(() => drawn.forEach((_, box) => draw(box))));
})();
