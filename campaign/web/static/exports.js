// Counts anew when a tool or a filter is chosen: the part of the page that says who would leave.
const form = document.querySelector("[data-live-form]");
form.querySelector("[data-without-script]").hidden = true;

let asked = 0;

form.addEventListener("change", async () => {
  const mine = ++asked;
  const url = new URL(form.action);
  url.search = new URLSearchParams(new FormData(form)).toString();
  const old = document.querySelector("[data-live]");
  const purpose = document.getElementById("purpose")?.value;
  try {
    const answer = await fetch(url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-live]");
    if (mine !== asked) return;
    if (!answer.ok || !found || !old) {
      // The page itself says what is wrong.
      location.assign(url);
      return;
    }
    old.replaceWith(document.adoptNode(found));
    const again = document.getElementById("purpose");
    if (again && purpose && !again.value) again.value = purpose;
    history.replaceState(null, "", url);
  } catch {
    if (mine === asked) location.assign(url);
  }
});
