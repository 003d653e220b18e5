// One's own track, while this page stays open: points wait here until the server has said that it has
// them. A batch keeps its number until then, so that one sent twice counts once.

const EVERY = 30000; // milliseconds between batches
const APART = 5000; // and between points
const MOST = 200; // in one batch

const place = document.querySelector("[data-track]");
const secret = place.querySelector('[name="csrfmiddlewaretoken"]').value;
const waiting = [];
let batch = null;
let last = 0;
let sent = Number(place.querySelector("[data-count]").textContent);

function keep({ coords, timestamp }) {
  place.querySelector("[data-off]").hidden = true;
  if (timestamp - last < APART) return;
  last = timestamp;
  waiting.push({
    seq: timestamp, // grows by itself, also when the page is opened again
    at: new Date(timestamp).toISOString(),
    lat: coords.latitude,
    lon: coords.longitude,
    accuracy_m: coords.accuracy,
  });
}

async function send(keepalive = false) {
  batch ??= waiting.length ? { id: crypto.randomUUID(), points: waiting.splice(0, MOST) } : null;
  if (!batch) return;
  const body = JSON.stringify({ ...batch, client_now: new Date().toISOString() });
  try {
    const answer = await fetch(place.dataset.track, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": secret },
      body,
      keepalive,
    });
    if (answer.status >= 500 || answer.status === 429) return;
    if (answer.ok) show((await answer.json()).new);
    batch = null; // refused for good, as after the end, it is not sent again
  } catch { /* no signal: it waits */ }
}

function show(count) {
  sent += count;
  place.querySelector("[data-count]").textContent = String(sent);
  place.querySelector("[data-kept]").hidden = false;
}

const denied = () => { place.querySelector("[data-off]").hidden = false; };
if (navigator.geolocation) {
  navigator.geolocation.watchPosition(keep, denied, { enableHighAccuracy: true, maximumAge: 5000 });
  setInterval(send, EVERY);
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(true); });
} else denied();
