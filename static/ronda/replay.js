/* A finished patrol once more. The page already tells it as a list: if anything here fails, that
   stays. Time moves by slider, by buttons, by keys, or by itself; the list and the map follow. */

import { draw } from "./map.js";

const L = globalThis.L;
const SECONDS = 45; // a whole night takes so long to play
const FRAME = 100;

const seconds = (text) => Date.parse(text) / 1000;
const clock = new Intl.DateTimeFormat("es-PE", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "America/Lima" });
const latlon = ([lon, lat]) => [lat, lon];

function label(feature) {
  const text = document.createElement("span");
  text.textContent = document.querySelector(`[data-moment="${CSS.escape(feature.id)}"]`)?.textContent ?? "";
  return text;
}

function marks(features, map) {
  return features.filter((one) => one.geometry?.type === "Point").map((one) => {
    const className = `mark mark-${one.properties.kind}`;
    const mark = L.circleMarker(latlon(one.geometry.coordinates), { radius: 8, className }).addTo(map);
    return { at: seconds(one.properties.at), mark: mark.bindTooltip(label(one)) };
  });
}

function tracks(features, map) {
  return features.filter((one) => one.geometry?.type === "LineString").map((one) => ({
    points: one.geometry.coordinates.map(latlon),
    times: one.properties.times.map(seconds),
    line: L.polyline([], { className: "track", interactive: false }).addTo(map),
  }));
}

function follow(shown, lines, now) {
  for (const { at, mark } of shown) mark.getElement()?.classList.toggle("is-ahead", at > now);
  for (const { points, times, line } of lines) line.setLatLngs(points.filter((_point, index) => times[index] <= now));
}

function story(place) {
  const steps = [...place.querySelectorAll("[data-moment]")];
  return (now, times) => {
    let last = null;
    for (const step of steps) {
      const at = times.get(step.dataset.moment) ?? 0;
      step.classList.toggle("is-ahead", at > now);
      step.removeAttribute("aria-current");
      if (at <= now) last = step;
    }
    last?.setAttribute("aria-current", "step");
  };
}

function player(bar, begin, end, moments, show) {
  const slider = bar.querySelector("input");
  const play = bar.querySelector("[data-play]");
  let running = 0;
  let now = end;
  slider.min = Math.floor(begin / 60) * 60;
  slider.max = Math.ceil(end / 60) * 60; // whole minutes for its arrows; the time itself is to the second
  const go = (then) => {
    now = Math.min(end, Math.max(begin, then));
    slider.value = now;
    const told = clock.format(new Date(now * 1000));
    bar.querySelector("output").textContent = told;
    slider.setAttribute("aria-valuetext", told);
    show(now);
  };
  const stop = () => {
    clearInterval(running);
    running = 0;
    play.setAttribute("aria-pressed", "false");
  };
  const start = () => {
    if (now >= end) go(begin);
    play.setAttribute("aria-pressed", "true");
    running = setInterval(() => {
      go(now + ((end - begin) * FRAME) / 1000 / SECONDS);
      if (now >= end) stop();
    }, FRAME);
  };
  const toggle = () => (running ? stop() : start());
  const step = (way) => {
    stop();
    const next = way > 0 ? moments.find((at) => at > now) : moments.findLast((at) => at < now);
    go(next ?? (way > 0 ? end : begin));
  };
  slider.addEventListener("input", () => { stop(); go(Number(slider.value)); });
  play.addEventListener("click", toggle);
  bar.querySelector("[data-back]").addEventListener("click", () => step(-1));
  bar.querySelector("[data-on]").addEventListener("click", () => step(1));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=range]), textarea, select, a, button, summary")) return;
    const does = { " ": toggle, j: () => step(1), k: () => step(-1) }[event.key];
    if (does) { event.preventDefault(); does(); }
  });
  go(end);
  return () => now;
}

async function begin(place) {
  const answer = await fetch(place.dataset.replay, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { features, started_at, ended_at } = await answer.json();
  if (!features.length) return; // nothing one may see: nothing to play
  const bar = place.querySelector(".replay-bar");
  bar.hidden = false;
  place.querySelector(".replay-keys").hidden = false;
  const times = new Map(features.map((one) => [one.id, seconds(one.properties.at)]));
  const tell = story(place);
  let [shown, lines] = [[], []];
  const all = [...times.values()];
  const first = Math.min(seconds(started_at), ...all);
  const time = player(bar, first, Math.max(seconds(ended_at), ...all), [...new Set(all)].sort((a, b) => a - b), (now) => {
    tell(now, times);
    follow(shown, lines, now);
  });
  const sheet = place.querySelector(".map");
  if (!features.some((one) => one.geometry)) return;
  sheet.hidden = false;
  sheet.dataset.territory = sheet.dataset.outlines;
  const map = await draw(sheet);
  if (!map) { sheet.hidden = true; return; }
  lines = tracks(features, map);
  shown = marks(features, map);
  const around = features.filter((one) => one.geometry).flatMap((one) => one.geometry.type === "Point" ? [latlon(one.geometry.coordinates)] : one.geometry.coordinates.map(latlon));
  map.fitBounds(L.latLngBounds(around), { paddingTopLeft: [70, 40], paddingBottomRight: [40, 40], maxZoom: 16, animate: false });
  follow(shown, lines, time());
}

for (const place of document.querySelectorAll("[data-replay]")) begin(place);
