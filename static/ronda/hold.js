// What must not happen by a slip of the thumb in a pocket: the button of a form with `data-hold` is held
// down until it fills. Without this file, with a keyboard or a screen reader, the form asks once more
// instead (its neighbor with `data-unheld`).
const HOLD = 1200;

function arm(form) {
  const button = form.querySelector("button");
  const instead = form.parentElement.querySelector("[data-unheld]");
  let timer = 0;
  const release = () => {
    clearTimeout(timer);
    button.classList.remove("is-held");
  };
  button.addEventListener("pointerdown", () => {
    button.classList.add("is-held");
    timer = setTimeout(() => {
      release();
      navigator.vibrate?.(80);
      form.requestSubmit();
    }, HOLD);
  });
  for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(end, release);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("click", (event) => {
    if (event.detail) return; // a finger lifted too early
    form.hidden = true; // no pointer can hold: ask instead
    instead.hidden = false;
    instead.open = true;
    instead.querySelector("button").focus();
  });
  button.type = "button";
  form.hidden = false;
  instead.hidden = true;
}

for (const form of document.querySelectorAll("form[data-hold]")) arm(form);
