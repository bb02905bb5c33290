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

// A button that works after so many seconds says how many are left.
for (const button of document.querySelectorAll("[data-wait]")) {
  const label = button.textContent;
  const opens = Date.now() + button.dataset.wait * 1000;
  const tick = () => {
    const left = Math.ceil((opens - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waiting.replace("{s}", left) : label;
    if (left > 0) setTimeout(tick, 1000);
  };
  tick();
}

// A browser that prefers another of the page's languages gets one line in it, with the link. The
// page stays the same for everyone, so that caches may keep it, and nobody is sent anywhere.
const here = document.documentElement.lang;
const offers = [...document.querySelectorAll("[data-offer]")];
const preferred = navigator.languages
  .map((each) => each.split("-")[0])
  .find((each) => each === here || offers.some((offer) => offer.hreflang === each));
const offer = offers.find((each) => each.hreflang === preferred && preferred !== here);
if (offer) {
  const line = document.createElement("p");
  line.className = "language-offer";
  line.lang = offer.hreflang;
  const link = offer.cloneNode();
  link.textContent = offer.dataset.offer;
  line.append(link);
  document.querySelector(".masthead").append(line);
}
