// At a point: says when it has been long enough, and lets the phone say where it is. Without this file
// the page shows the times as they were, and the code of the sheet or a reason says where.

/** Which of the three sentences is true now. */
function follow(place) {
  const { dwell, least, most } = place.dataset;
  const minutes = (Date.now() - Date.parse(dwell)) / 60000;
  const phase = minutes < Number(least) ? "short" : minutes < Number(most) + 1 ? "good" : "long";
  for (const text of place.querySelectorAll("[data-phase]")) text.hidden = text.dataset.phase !== phase;
}

function watch() {
  for (const place of document.querySelectorAll("[data-dwell]")) follow(place);
}

/** Ask the phone, then send what it said. */
function locate(form) {
  const button = form.querySelector("button");
  const denied = document.querySelector("[data-denied]");
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    form.elements.lat.value = coords.latitude;
    form.elements.lon.value = coords.longitude;
    form.elements.accuracy_m.value = coords.accuracy;
    form.dataset.located = "1";
    form.requestSubmit();
  }, () => {
    button.removeAttribute("aria-busy");
    denied.hidden = false;
  }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 10000 });
}

for (const form of document.querySelectorAll("[data-here]")) {
  form.hidden = !navigator.geolocation;
  form.querySelector("button").type = "button";
  form.querySelector("button").addEventListener("click", () => locate(form));
}
setInterval(watch, 15000);
window.addEventListener("pageshow", watch);
watch();
