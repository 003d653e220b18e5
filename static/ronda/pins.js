// Reports on the map: a dot where a place may be shown, a circle where only some blocks may.

import { draw } from "./map.js";

const L = globalThis.L;
const AROUND = 200; // metres: what an H3 cell of the server's blurring covers

function shape(point, severity, isExact) {
  const className = `pin pin-${severity}${isExact ? "" : " pin-area"}`;
  return isExact ? L.circleMarker(point, { radius: 8, className }) : L.circle(point, { radius: AROUND, className });
}

function both(id, pin) {
  const row = document.querySelector(`[data-report="${id}"]`);
  if (!row) return;
  const show = (isShown) => () => {
    row.classList.toggle("is-shown", isShown);
    pin.getElement()?.classList.toggle("is-shown", isShown);
  };
  for (const [on, off] of [["mouseenter", "mouseleave"], ["focusin", "focusout"]]) {
    row.addEventListener(on, show(true));
    row.addEventListener(off, show(false));
  }
  pin.on("mouseover", show(true)).on("mouseout", show(false));
}

async function pins(place, map) {
  const answer = await fetch(place.dataset.pins, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) return;
  for (const { id, geometry, properties } of (await answer.json()).features.reverse()) {
    const [lon, lat] = geometry.coordinates;
    const pin = shape([lat, lon], properties.severity, properties.is_exact).addTo(map);
    const name = document.createElement("span");
    name.textContent = properties.name;
    pin.bindTooltip(name).on("click", () => { location.href = properties.url; });
    both(id, pin);
  }
}

async function begin(place) {
  if (place.dataset.territory) return;
  place.dataset.territory = place.dataset.outlines;
  const map = await draw(place);
  if (!map) return;
  if (place.dataset.pins) await pins(place, map);
  if (place.dataset.lat) {
    const point = [Number(place.dataset.lat), Number(place.dataset.lon)];
    shape(point, place.dataset.severity, Boolean(place.dataset.isExact)).addTo(map);
    map.setView(point, 15);
  }
}

for (const place of document.querySelectorAll("[data-outlines].map")) {
  if (place.offsetParent) begin(place);
}
for (const button of document.querySelectorAll("[data-show-map]")) {
  const figure = document.querySelector("[data-queue-map]");
  button.hidden = false;
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(figure.classList.toggle("is-open")));
    begin(figure.querySelector(".map"));
    figure.scrollIntoView({ block: "nearest" });
  });
}
