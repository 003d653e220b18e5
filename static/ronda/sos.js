// Press and hold to call for help. Without this file the same form takes two taps: open, then send.
// The press is sent from the page as it stands, so that without signal nothing is lost: it goes on trying.

const HOLD = 2000; // ms
const AGAIN = 5000;
const PATIENCE = 15000; // a request that hangs is no answer
const SENT = "data-sos-sent"; // what our own answer carries, and a captive portal's does not

class Call {
  constructor(box) {
    this.box = box;
    this.form = box.querySelector("form");
    this.button = box.querySelector("[data-hold]");
    this.more = box.querySelector("details");
    this.said = box.querySelectorAll("[data-said]");
    this.pressedAt = 0;
    this.timer = 0;
    this.listen();
  }

  listen() {
    const { button, form } = this;
    button.hidden = false;
    for (const summary of this.box.querySelectorAll("[data-summary]")) summary.hidden = !summary.hidden;
    button.addEventListener("pointerdown", (event) => event.button === 0 && this.press());
    for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(end, () => this.release());
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("keydown", (event) => {
      if (![" ", "Enter"].includes(event.key)) return;
      event.preventDefault();
      if (!event.repeat) this.press();
    });
    button.addEventListener("keyup", () => this.release());
    // A screen reader's double tap holds nothing: it opens the two steps.
    button.addEventListener("click", (event) => event.detail === 0 && this.open());
    form.addEventListener("submit", (event) => { event.preventDefault(); event.stopImmediatePropagation(); this.send(); }, true);
    window.addEventListener("online", () => this.isWaiting && this.send());
  }

  press() {
    if (this.pressedAt || this.timer) return;
    this.button.classList.add("is-held");
    this.say("hold");
    this.look();
    this.timer = setTimeout(() => this.fire(), HOLD);
  }

  release() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.button.classList.remove("is-held");
    if (!this.pressedAt) this.say("short");
  }

  open() {
    this.more.open = true;
    this.form.querySelector("button").focus();
  }

  /** It is out of the hand now: the finger that still rests on the button says nothing any more. */
  fire() {
    this.timer = 0;
    this.button.classList.remove("is-held");
    navigator.vibrate?.(200);
    this.send();
  }

  /** Where we are, if the phone may say so without asking: no question may stand before a call for help. */
  async look() {
    try {
      const { state } = await navigator.permissions.query({ name: "geolocation" });
      if (state !== "granted") return;
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        this.place = { lat: coords.latitude.toFixed(6), lon: coords.longitude.toFixed(6), accuracy_m: Math.round(coords.accuracy) };
      }, () => {}, { enableHighAccuracy: true, timeout: 5000, maximumAge: 120000 });
    } catch { /* an old phone: it goes out without a place */ }
  }

  async send() {
    if (this.isSending) return;
    this.pressedAt ||= Date.now();
    this.isSending = true;
    this.isWaiting = false;
    this.say("sending");
    try {
      this.answered(await this.ask());
    } catch {
      this.wait();
    }
    this.isSending = false;
    delete this.form.dataset.sent; // ronda.js keeps a second tap back; here it may be the one that gets through
    for (const button of this.form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }

  async ask() {
    const words = new FormData(this.form);
    for (const [name, value] of Object.entries(this.place ?? {})) words.set(name, value);
    words.set("seconds_ago", Math.round((Date.now() - this.pressedAt) / 1000));
    const response = await fetch(this.form.action, { method: "POST", body: words, signal: AbortSignal.timeout?.(PATIENCE) });
    if (response.status >= 500) throw new Error("try again");
    return { response, text: await response.text() };
  }

  answered({ response, text }) {
    if (text.includes(SENT)) {
      if (response.redirected) location.assign(response.url);
      else this.end("sent");
    } else if (response.ok && !response.redirected) {
      this.wait(); // a captive portal's page
    } else {
      this.end("refused");
    }
  }

  wait() {
    this.isWaiting = true;
    this.more.open = true;
    this.say("waiting");
    setTimeout(() => this.isWaiting && this.send(), AGAIN);
  }

  end(word) {
    this.pressedAt = 0;
    this.more.open = true;
    this.say(word);
  }

  say(word) {
    for (const line of this.said) line.hidden = line.dataset.said !== word;
  }
}

for (const box of document.querySelectorAll("[data-sos]")) new Call(box);
