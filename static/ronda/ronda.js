// The little that is nicer with JavaScript. Every page works without this file.

const minutes = (since) => Math.max(0, Math.floor((Date.now() - since) / 60000));
const two = (number) => String(number).padStart(2, "0");

/** Keep "00:42" true while the page stays open: the server wrote it once. */
function tick() {
  for (const clock of document.querySelectorAll("time[data-since]")) {
    const passed = minutes(Date.parse(clock.dataset.since));
    clock.textContent = `${two(Math.floor(passed / 60))}:${two(passed % 60)}`;
  }
}

/** A second tap sends nothing: the first is on its way, or has just put another button in its place. Where
 * a page looked for news by itself, only a tap too quick to be meant for what it now shows is held back. */
let ready = 0;
function guard(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent || Date.now() < ready) {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.submitter?.focus(); // it shows which button waits to be pressed again
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
}

/** Without signal a tap must not vanish in silence. */
function tell(isLost) {
  const notice = document.getElementById("lost");
  if (notice) notice.hidden = !isLost;
}

/** Coming back with the back button finds the forms awake again. */
function wake() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
  tick();
}

/** j and k walk a list as in a mail program; Enter follows the link by itself. */
function walk(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !["j", "k"].includes(event.key)) return;
  if (event.target.closest("input, textarea, select")) return;
  const links = [...document.querySelectorAll("[data-walk] a.list-link, [data-walk] a.slot")];
  if (!links.length) return;
  const here = links.indexOf(document.activeElement);
  const next = event.key === "j" ? here + 1 : Math.max(0, here - 1);
  links[Math.min(next, links.length - 1)].focus();
}

/** "12 of 15 marked" counts along while somebody taps through a sheet. */
function count(event) {
  const sheet = event.target.closest("form[data-sheet]");
  if (sheet) sheet.querySelector("[data-marked]").textContent = sheet.querySelectorAll("[data-mark]:has(input:checked)").length;
}

/** "More" closes by a tap beside it, or Escape. */
function fold(event) {
  if (event.type === "keydown" && event.key !== "Escape") return;
  const open = document.querySelector("details.tabs-more[open]");
  if (!open || (event.type === "click" && open.contains(event.target))) return;
  open.open = false;
  if (event.type === "keydown") open.querySelector("summary").focus();
}

document.addEventListener("click", fold);
document.addEventListener("keydown", fold);
document.addEventListener("change", count);
document.addEventListener("submit", guard, true);
document.addEventListener("htmx:afterSwap", (event) => { ready = Date.now() + (event.detail.requestConfig?.verb === "get" ? 300 : 700); });
document.addEventListener("htmx:beforeRequest", () => tell(false));
document.addEventListener("htmx:afterRequest", wake);
for (const lost of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(lost, () => tell(true));
document.addEventListener("keydown", walk);
window.addEventListener("pageshow", wake);
setInterval(tick, 15000);
tick();
