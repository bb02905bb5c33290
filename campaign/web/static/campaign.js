// Comfort only: every page works without it. Shows the buttons that need a script.
for (const box of document.querySelectorAll("[data-share]")) {
  const { title, text, url } = box.dataset;
  const copy = box.querySelector("[data-copy]");
  const address = box.querySelector("input");
  const copied = box.querySelector("[data-copied]");
  if (navigator.clipboard && copy) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(address.value);
      copied.textContent = copy.dataset.done;
    });
  }
  const native = box.querySelector("[data-native]");
  if (navigator.share && native) {
    native.hidden = false;
    native.addEventListener("click", () => navigator.share({ title, text, url }).catch(() => {}));
  }
}
