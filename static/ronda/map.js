/* The territory as a map. The page already shows a drawing and lists: if anything here fails,
   they stay. Every element with data-territory becomes a map of that GeoJSON. */

import "../js_lib_leaflet/leaflet.js";

const L = globalThis.L;

function label(name) {
  const text = document.createElement("span");
  text.textContent = name; // a name is text, never markup
  return text;
}

function outlines(territory) {
  return L.geoJSON(territory, {
    style: (feature) => ({ className: `outline outline-${feature.properties.kind}` }),
    onEachFeature(feature, layer) {
      if (feature.properties.kind !== "district") layer.bindTooltip(label(feature.properties.name), { sticky: true });
    },
  });
}

function background(place, map) {
  if (!place.dataset.tiles) return;
  L.tileLayer(`${place.dataset.tiles}{z}/{x}/{y}.png`, { maxZoom: 19 }).addTo(map);
  const credit = document.createElement("span");
  credit.textContent = place.dataset.attribution;
  L.control.attribution({ prefix: false }).addTo(map).addAttribution(credit.innerHTML);
  place.classList.add("has-tiles");
}

export async function draw(place) {
  const answer = await fetch(place.dataset.territory, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) return null;
  const territory = await answer.json();
  territory.features = territory.features.filter((feature) => feature.geometry);
  if (!territory.features.length) return null;

  place.replaceChildren();
  const zoomSnap = place.dataset.tiles ? 1 : 0.25; // squares are sharp at whole steps only
  const map = L.map(place, { attributionControl: false, zoomControl: false, scrollWheelZoom: false, zoomSnap });
  L.control.zoom({ zoomInTitle: place.dataset.zoomIn, zoomOutTitle: place.dataset.zoomOut }).addTo(map);
  background(place, map);
  map.fitBounds(outlines(territory).addTo(map).getBounds(), { padding: [12, 12] });
  return map;
}

for (const place of document.querySelectorAll("[data-territory]")) draw(place);
