// Typing a sheet by keyboard alone: Enter moves on, a ZIP shows its town, and who is counted already
// is said as soon as the name and the ZIP are there.
const form = document.querySelector("[data-check]");
const rows = [...form.querySelectorAll("[data-row]")];
const counted = "This name and ZIP are counted already. Clear the line, or say below that this is another person.";
form.querySelector("[data-keys]").hidden = false;

// A box for updates is passed over where there is no address to send them to.
function isSkipped(field) {
  return field.type === "checkbox" && !field.checked && !value(field.closest("[data-row]"), "email");
}

function fields() {
  return [...form.querySelectorAll("input:not([type=hidden]), select, button[type=submit]")].filter(
    (field) => field.offsetParent !== null && !isSkipped(field),
  );
}

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target.type === "submit") return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  event.preventDefault();
  const all = fields();
  const next = all[all.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
  if (next) {
    next.focus();
    if (next.select && next.type !== "checkbox") next.select();
  }
});

function value(row, name) {
  return row.querySelector(`[name^="${name}-"]`).value.trim();
}

// Questions stand after all rows, so that one that comes up takes nothing of what is typed meanwhile.
function questionOf(row) {
  return form.querySelector(`[data-question="${row.dataset.row}"]`);
}

async function look(row) {
  const zip = value(row, "zip");
  const asked = ["first_name", "last_name", "zip"].map((name) => value(row, name)).join("\n");
  if (!/^\d{5}/.test(zip) || row.dataset.asked === asked) return;
  row.dataset.asked = asked;
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  for (const name of ["first_name", "last_name", "zip"]) body.set(name, value(row, name));
  let told;
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body });
    if (!answer.ok) return; // typing goes on; what is wrong is told when the sheet is entered
    told = await answer.json();
  } catch {
    return;
  }
  if (row.dataset.asked !== asked) return;
  show(row, told);
}

function show(row, told) {
  const town = row.querySelector("[data-town]");
  town.lastChild.textContent = told.town;
  const says = row.querySelector("[data-says]");
  const question = questionOf(row);
  const another = question.querySelector("select");
  const words = told.wrong || (told.known && !another.value ? counted : "");
  says.textContent = words;
  says.classList.toggle("error", Boolean(words));
  row.classList.toggle("typing-bad", Boolean(words));
  question.hidden = !told.known && !another.value;
}

for (const row of rows) {
  const town = row.querySelector("[data-town]");
  if (!town.lastChild || town.lastChild.nodeType !== Node.TEXT_NODE) town.append("");
  row.addEventListener("focusout", () => look(row));
  const box = row.querySelector("[type=checkbox]");
  if (box) {
    const setOrder = () => { box.tabIndex = isSkipped(box) ? -1 : 0; };
    row.addEventListener("input", setOrder);
    setOrder();
  }
  questionOf(row).querySelector("select").addEventListener("change", (event) => {
    if (!event.target.value) {
      delete row.dataset.asked;
      look(row);
      return;
    }
    row.querySelector("[data-says]").textContent = "";
    row.classList.remove("typing-bad");
  });
  row.querySelector('[name^="zip-"]').addEventListener("input", () => {
    if (/^\d{5}$/.test(value(row, "zip"))) look(row);
  });
}

// After a sheet comes the next one.
if (document.querySelector(".notice-good") && !location.hash) {
  form.elements["first_name-1"].focus();
}
