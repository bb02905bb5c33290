// The letter builder's tabs, printing, and preview that follows typing. Without this script, letters
// appear one below the other, a button updates them, and the browser prints.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function adapt(root) {
  for (const element of all("[data-needs-script]", root)) element.hidden = false;
  for (const element of all("[data-without-script]", root)) element.hidden = true;
}

// Kept so that the same tab stays open when the letters are updated.
let shownTab = "";

function makeTabs(list) {
  const tabs = all("a", list);
  const panels = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
  if (tabs.length < 2 || panels.some((panel) => !panel)) return;

  const select = (chosen, { focus = false } = {}) => {
    tabs.forEach((tab, index) => {
      const isChosen = index === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      panels[index].hidden = !isChosen;
    });
    shownTab = tabs[chosen].hash;
    if (focus) tabs[chosen].focus();
  };

  list.setAttribute("role", "tablist");
  tabs.forEach((tab, index) => {
    const item = tab.parentElement;
    if (item !== list) item.setAttribute("role", "presentation");
    tab.id ||= `${panels[index].id}-tab`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panels[index].id);
    panels[index].setAttribute("role", "tabpanel");
    panels[index].setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      select(index);
    });
    tab.addEventListener("keydown", (event) => {
      const last = tabs.length - 1;
      const next = {
        ArrowRight: index === last ? 0 : index + 1,
        ArrowLeft: index === 0 ? last : index - 1,
        Home: 0,
        End: last,
      }[event.key];
      if (next === undefined && event.key !== " ") return;
      event.preventDefault();
      select(next ?? index, { focus: true });
    });
  });
  select(Math.max(0, tabs.findIndex((tab) => tab.hash === shownTab)));
}

function printOne(id) {
  const letter = document.getElementById(id);
  const done = () => {
    letter.removeAttribute("data-printing");
    delete document.documentElement.dataset.printing;
  };
  letter.setAttribute("data-printing", "");
  document.documentElement.dataset.printing = "one";
  window.addEventListener("afterprint", done, { once: true });
  window.print();
}

// -- Letters that follow typing -------------------------------------------------------------------

const form = document.querySelector("form[data-follow]");
const PAUSE_MS = 600;
const REST_MS = 60_000;

function follow() {
  const status = document.getElementById("letters-status");
  const served = new Map();
  let timer;
  let asked;
  let restUntil = 0;

  const remember = (root) => {
    for (const part of all("[data-live]", root)) served.set(part.id, part.outerHTML);
  };
  const letters = (root) => all(".written", root).map((letter) => letter.id).join(" ");

  // Replaces only the parts that changed, so that reading, typing and open details elsewhere on the
  // page are not disturbed.
  const replaceChanged = (fresh) => {
    for (const part of all("[data-live]", fresh)) {
      const html = part.outerHTML;
      if (served.get(part.id) === html) continue;
      served.set(part.id, html);
      const old = document.getElementById(part.id);
      const open = all("details", old).map((details) => details.open);
      const mine = document.importNode(part, true);
      all("details", mine).forEach((details, index) => (details.open = open[index] ?? details.open));
      adapt(mine);
      old.replaceWith(mine);
    }
    for (const field of all(".edit-text", fresh)) {
      const here = document.getElementById(field.id);
      const was = here.form.elements[`was_${field.id.slice("edit_".length)}`];
      const now = document.importNode(field.parentElement, true).querySelector("[type=hidden]");
      // A text that was not edited follows the form; an edited one stays as it is.
      if (here.value === here.defaultValue && here !== document.activeElement) {
        here.defaultValue = field.value;
        here.value = field.value;
        was.value = now.value;
      }
    }
  };

  const show = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("letters-shown");
    const old = document.getElementById("letters-shown");
    if (!fresh || !old) return;
    if (letters(fresh) && letters(fresh) === letters(old)) {
      replaceChanged(fresh);
    } else {
      remember(fresh);
      const mine = document.importNode(fresh, true);
      old.replaceWith(mine);
      adapt(mine);
      for (const list of all("[data-tabs]", mine)) makeTabs(list);
    }
  };

  const ask = async () => {
    if (Date.now() < restUntil) return;
    asked?.abort();
    asked = new AbortController();
    let behind = true;
    try {
      const answer = await fetch(form.dataset.follow, {
        method: "POST",
        body: new FormData(form),
        signal: asked.signal,
      });
      if (answer.status === 429) restUntil = Date.now() + REST_MS;
      if (answer.status === 200) {
        show(await answer.text());
        behind = false;
      }
    } catch (error) {
      if (error.name === "AbortError") return;
    }
    const isShown = document.querySelector(".written") !== null;
    const words = behind && isShown ? status.dataset.behind : "";
    if (status.textContent !== words) status.textContent = words;
  };

  remember(document);
  document.addEventListener("input", (event) => {
    if (event.target.form !== form) return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
}

// -- The form's own lines: how many words, and what is chosen -------------------------------------

function countWords(line) {
  const words = document.getElementById(line.dataset.count).value.split(/\s+/).filter(Boolean).length;
  const said = words === 1 ? line.dataset.one : line.dataset.many.replace("{}", words);
  line.textContent = words ? said : "";
}

function sayChoice(details) {
  const chosen = all("input:checked", details).map((input) => {
    const label = input.labels[0].textContent.trim();
    return label.split(":")[0];
  });
  details.querySelector(".choice-made").textContent = chosen.join(" · ") || details.dataset.none || "";
}

// Tells the server that a letter was printed or copied, which happens only in the browser.
function taken(id) {
  const body = new FormData(form);
  body.set("action", `taken:${id}`);
  fetch(form.dataset.taken, { method: "POST", body, keepalive: true }).catch(() => {});
}

// Must come first: later answers are compared with the page as the server sent it.
if (form) follow();
adapt(document);
for (const list of all("[data-tabs]")) makeTabs(list);
for (const line of all("[data-count]")) {
  document.getElementById(line.dataset.count).addEventListener("input", () => countWords(line));
}
for (const details of all("[data-choice]")) {
  details.addEventListener("change", () => sayChoice(details));
}
document.addEventListener("click", (event) => {
  const print = event.target.closest("[data-print]");
  if (print) {
    taken(print.dataset.print.slice("to-".length));
    printOne(print.dataset.print);
  }
  const copied = event.target.closest("[data-copy-field]");
  const letter = copied?.dataset.copyField.endsWith("-message") && copied.closest(".written");
  if (letter) taken(letter.id.slice("to-".length));
});
