// The desk's alarms: a sound for whoever switched it on, and keys. Without this file the page still looks
// for news by itself, and every button works.

const KEEP = "ronda-alarm-sound";
const AGAIN = 10000;
const button = document.querySelector("[data-sound]");
const alarms = () => [...document.querySelectorAll("[data-alarm]")];
const known = new Set(alarms().map((one) => one.id));
let audio = null;

const isOn = () => {
  try {
    return localStorage.getItem(KEEP) === "on";
  } catch {
    return button.dataset.chosen === "1"; // a browser that keeps nothing: for as long as the page is open
  }
};

function choose(on) {
  button.dataset.chosen = on ? "1" : "0";
  try {
    localStorage.setItem(KEEP, on ? "on" : "off");
  } catch {
    // nothing is kept there
  }
}

/** Say truly whether it would sound: a browser lets no page sound before somebody touched it. */
function show() {
  const on = isOn();
  const state = !on ? "off" : audio?.state === "running" ? "on" : "waits";
  button.setAttribute("aria-pressed", String(on));
  for (const name of ["off", "on", "waits"]) button.querySelector(`[data-${name}]`).hidden = name !== state;
}

async function wake() {
  if (!isOn()) return;
  audio ??= new AudioContext();
  if (audio.state !== "running") await audio.resume();
  show();
}

function tone(hertz, from, seconds) {
  const wave = audio.createOscillator();
  const loud = audio.createGain();
  wave.frequency.value = hertz;
  loud.gain.setValueAtTime(0.0001, audio.currentTime + from);
  loud.gain.exponentialRampToValueAtTime(0.4, audio.currentTime + from + 0.03);
  loud.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + from + seconds);
  wave.connect(loud).connect(audio.destination);
  wave.start(audio.currentTime + from);
  wave.stop(audio.currentTime + from + seconds);
}

/** Two high tones, three times; a drill is one low tone, so that nobody runs for it. */
function sound(isDrill) {
  if (!isOn() || audio?.state !== "running") return;
  if (isDrill) return tone(330, 0, 0.8);
  for (const at of [0, 0.7, 1.4]) {
    tone(880, at, 0.3);
    tone(660, at + 0.3, 0.3);
  }
}

/** A new alarm sounds at once. */
function hear() {
  const fresh = alarms().filter((one) => !known.has(one.id));
  for (const one of fresh) known.add(one.id);
  if (fresh.some((one) => !("drill" in one.dataset))) sound(false);
  else if (fresh.length) sound(true);
}

/** A real one that nobody has seen goes on sounding. */
function insist() {
  if (alarms().some((one) => "unseen" in one.dataset && !("drill" in one.dataset))) sound(false);
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const all = alarms();
  const here = all.indexOf(document.activeElement.closest("[data-alarm]"));
  if (event.key === "j" || event.key === "k") {
    all[Math.max(0, Math.min(all.length - 1, event.key === "j" ? here + 1 : here - 1))]?.focus();
  } else if (event.key === "a") {
    // Where nobody stands on one of several, it would be a guess which was seen.
    (all[here] ?? (all.length === 1 ? all[0] : null))?.querySelector("[data-seen]")?.requestSubmit();
  } else if (event.key === "Enter" && document.activeElement.matches("[data-alarm]")) {
    event.preventDefault();
    document.activeElement.querySelector("button")?.focus();
  }
}

button.hidden = false;
document.querySelector("[data-keys]").hidden = false;
button.addEventListener("click", () => {
  const on = !isOn() || audio?.state !== "running";
  choose(on);
  wake().then(() => { if (on) sound(true); });
  show();
});
for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, (event) => { if (!event.target.closest("[data-sound]")) wake(); });
document.addEventListener("keydown", keys);
document.addEventListener("htmx:afterSwap", hear);
setInterval(insist, AGAIN);
show();
wake().then(insist);
