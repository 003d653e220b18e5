// Arrows move from day to day, j and k from night to night, Enter opens, t is today. Without this
// file every day and night is a plain link.
const month = document.querySelector("[data-month]");
const days = month ? [...month.querySelectorAll("[data-day]")].filter((day) => day.querySelector("a")) : [];
const stops = () => [...month.querySelectorAll("a[data-head], a[data-night]")].filter((link) => link.offsetParent);

/** One stop of the Tab key for the whole month: the rest is reached by arrows. */
function rest(on) {
  for (const link of stops()) link.tabIndex = link === on ? 0 : -1;
}

function go(link) {
  if (!link) return;
  rest(link);
  link.focus();
}

function step(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const wide = getComputedStyle(month).gridTemplateColumns.split(" ").length;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wide, ArrowDown: wide }[event.key];
  if (by && month.contains(document.activeElement)) {
    const shown = days.filter((day) => day.offsetParent);
    const here = shown.indexOf(document.activeElement.closest("[data-day]"));
    const next = shown[Math.min(shown.length - 1, Math.max(0, here + by))];
    event.preventDefault();
    go([...next.querySelectorAll("a")].find((link) => link.offsetParent));
  } else if (event.key === "j" || event.key === "k") {
    const all = stops();
    const nights = all.filter((link) => "night" in link.dataset);
    const list = nights.length ? nights : all;
    const at = all.indexOf(document.activeElement);
    const after = list.filter((link) => all.indexOf(link) > at);
    const before = list.filter((link) => all.indexOf(link) < at);
    go(event.key === "j" ? after[0] : before[before.length - 1]);
  } else if (event.key === "t") {
    go(month.querySelector(".month-today a"));
  }
}

if (days.length) {
  rest(month.querySelector(".month-today a") || stops()[0]);
  month.addEventListener("focusin", (event) => event.target.matches("a") && rest(event.target));
  document.addEventListener("keydown", step);
}
