// Comfort only: every page works without it. Shows the buttons that need a script.
for (const box of document.querySelectorAll("[data-copyable]")) {
  if (!navigator.clipboard) break;
  const button = box.querySelector("[data-copy-field]");
  const field = box.querySelector("input, textarea");
  const copied = box.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      copied.textContent = button.dataset.done;
    } catch {
      field.select();
    }
  });
}
for (const button of document.querySelectorAll("[data-share-url]")) {
  if (!navigator.share) break;
  button.hidden = false;
  button.addEventListener("click", () => {
    const { shareTitle: title, shareText: text, shareUrl: url } = button.dataset;
    navigator.share({ title, text, url }).catch(() => {});
  });
}

// A second press on a button that was pressed already would only send the same again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("once" in form.dataset)) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
