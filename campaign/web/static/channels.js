// Copies a field, and reports a call or letter without leaving the page. Without this script, fields
// can be selected by hand, and a report opens a page of thanks.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function copyField(button) {
  const field = document.getElementById(button.dataset.copyField);
  const label = button.querySelector("[data-copy-label]");
  const before = label.textContent;
  const say = (words) => {
    label.textContent = words;
    window.setTimeout(() => (label.textContent = before), 2000);
  };
  const byHand = () => {
    // There is no clipboard in old browsers and on plain http: select the text, to copy by hand.
    field.focus();
    field.select();
  };
  if (!navigator.clipboard) {
    byHand();
    return;
  }
  navigator.clipboard.writeText(field.value).then(() => say(button.dataset.copied), byHand);
}

async function markHere(form, submitter) {
  const status = form.querySelector("[data-mark-status]");
  const buttons = all("button", form);
  buttons.forEach((button) => (button.disabled = true));
  try {
    const body = new URLSearchParams(new FormData(form));
    body.set(submitter.name, submitter.value);
    const response = await fetch(form.action, { method: "POST", body });
    if (!response.ok) throw new Error(String(response.status));
    const link = document.createElement("a");
    link.href = response.url;
    link.textContent = form.dataset.markNext;
    status.replaceChildren(`${form.dataset.mark} `, link);
    link.target = "_blank";
    link.rel = "noopener";
    link.focus();
  } catch {
    status.textContent = form.dataset.markFailed;
    buttons.forEach((button) => (button.disabled = false));
    // The disabled button lost the focus. Give it back, with the reason.
    submitter.setAttribute("aria-describedby", status.id);
    submitter.focus();
  }
}

for (const element of all(".channels [data-needs-script], .copy-field [data-needs-script]")) {
  element.hidden = false;
}
// Listeners are on the document, because updated letters come with new buttons.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy-field]");
  if (button) copyField(button);
});
document.addEventListener("submit", (event) => {
  if (!event.submitter || !event.target.matches("form[data-mark]")) return;
  event.preventDefault();
  markHere(event.target, event.submitter);
});
