// "Copy" puts a text on the clipboard; where the phone can share, it offers to, and asks nobody else.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).value;
    try {
      if (button.dataset.share !== undefined && navigator.share) await navigator.share({ text });
      else await navigator.clipboard.writeText(text);
      button.querySelector("span").textContent = button.dataset.done;
    } catch {
      document.getElementById(button.dataset.copy).select();
    }
  });
}
