// Marking a place on a phone that can: the map is fetched only when somebody asks for it. Without this
// file sector, block and reference say where.

const NUMBERS = /(?<!\d)(?:\+?51[ -]?)?9\d{2}[ -]?\d{3}[ -]?\d{3}(?!\d)|(?<!\d)\d{8}(?!\d)|\b(?=[a-z0-9]*[a-z])[a-z0-9]{3}[ -]?\d{3}\b/i;
const field = (name) => document.querySelector(`input[name="${name}"]`);

function mark(pick, lat, lon, accuracy = "") {
  field("lat").value = lat;
  field("lon").value = lon;
  field("accuracy_m").value = accuracy;
  pick.querySelector("[data-placed]").hidden = lat === "";
  pick.querySelector("[data-denied]").hidden = true;
}

async function open(pick) {
  const place = pick.querySelector(".map");
  place.hidden = false;
  if (place.dataset.territory) return;
  const { draw } = await import("./map.js");
  Object.assign(place.dataset, { territory: pick.dataset.outlines, tiles: pick.dataset.tiles ?? "", attribution: pick.dataset.attribution ?? "" });
  const map = await draw(place);
  if (!map) { place.hidden = true; return; }
  let pin = null;
  const put = (point) => {
    pin?.remove();
    pin = globalThis.L.circleMarker(point, { radius: 10, className: "pin pin-5" }).addTo(map);
  };
  if (field("lat").value) put([Number(field("lat").value), Number(field("lon").value)]);
  map.on("click", ({ latlng }) => {
    put(latlng);
    mark(pick, latlng.lat.toFixed(6), latlng.lng.toFixed(6));
  });
  pick.querySelector("[data-clear]").addEventListener("click", () => pin?.remove());
}

function locate(pick) {
  const denied = () => { pick.querySelector("[data-denied]").hidden = false; };
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    mark(pick, coords.latitude.toFixed(6), coords.longitude.toFixed(6), Math.round(coords.accuracy));
  }, denied, { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 });
}

for (const pick of document.querySelectorAll("[data-pick]")) {
  pick.hidden = false;
  pick.querySelector("[data-locate]").hidden = !navigator.geolocation;
  pick.querySelector("[data-locate]").addEventListener("click", () => locate(pick));
  pick.querySelector("[data-open]").addEventListener("click", () => open(pick));
  pick.querySelector("[data-clear]").addEventListener("click", () => mark(pick, "", ""));
}

for (const text of document.querySelectorAll('[data-watch="numbers"]')) {
  const warning = document.querySelector("[data-numbers]");
  text.addEventListener("input", () => { warning.hidden = !NUMBERS.test(text.value); });
}
