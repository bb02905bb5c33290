// Comfort for the letter builder: tabs, copying, printing. The page works whole without it:
// letters stand one below the other, the text can be selected, the browser prints.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

for (const element of all("[data-needs-script]")) element.hidden = false;
for (const element of all("[data-without-script]")) element.hidden = true;

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
  select(0);
}

async function copy(control) {
  const source = document.getElementById(control.dataset.copy);
  const status = document.getElementById(control.dataset.status);
  try {
    await navigator.clipboard.writeText(source.value);
    status.textContent = control.dataset.copied;
  } catch {
    // No clipboard here (an old browser, or plain http): show the text, selected, to copy by hand.
    source.closest("details").open = true;
    source.focus();
    source.select();
    status.textContent = control.dataset.selected;
  }
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

for (const list of all("[data-tabs]")) makeTabs(list);
for (const control of all("[data-copy]")) control.addEventListener("click", () => copy(control));
for (const control of all("[data-print]")) {
  control.addEventListener("click", () => printOne(control.dataset.print));
}
