// Answers the challenge of a campaign that asks for one, while the form is being filled in. PBKDF2
// runs beside the page, so typing never waits for it. Where it cannot be had (no secure context, an
// old browser, no network, no answer in time), the form goes as it does without scripts.
const line = document.querySelector("[data-challenge]");
const form = line?.closest("form");

// An answer is good for an hour; a person who waits that long gets a new one.
const FRESH_MS = 50 * 60 * 1000;
const PATIENCE_MS = 20 * 1000;
const MOST_TRIES = 10_000;

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
const hexOf = (buffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function derive(parameters, counter) {
  const nonce = bytes(parameters.nonce);
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const settings = {
    name: "PBKDF2",
    hash: "SHA-256",
    salt: bytes(parameters.salt),
    iterations: parameters.cost,
  };
  return hexOf(await crypto.subtle.deriveBits(settings, key, parameters.keyLength * 8));
}

async function answer() {
  const response = await fetch(line.dataset.challenge, { cache: "no-store", credentials: "omit" });
  if (!response.ok) throw new Error(`no challenge: ${response.status}`);
  const challenge = await response.json();
  for (let counter = 0; counter < MOST_TRIES; counter += 1) {
    const derivedKey = await derive(challenge.parameters, counter);
    if (derivedKey.startsWith(challenge.parameters.keyPrefix)) {
      return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
    }
  }
  throw new Error("no answer");
}

if (form && window.crypto?.subtle && form.requestSubmit) {
  const field = form.elements.altcha;
  let begun = 0; // when the last answer was begun; 0 for not yet
  let work = null;
  let isSettled = false;
  let isWaiting = false;

  const forget = () => {
    field.value = "";
    begun = 0;
    isSettled = false;
    isWaiting = false;
  };
  const begin = () => {
    if (Date.now() - begun < FRESH_MS) return;
    forget();
    begun = Date.now();
    work = answer()
      .then((found) => {
        field.value = found;
      })
      .catch(() => {})
      .finally(() => {
        isSettled = true;
      });
  };
  const patience = () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));

  // A browser that goes back in its history may bring an answer along that was given already.
  forget();
  addEventListener("pageshow", (event) => {
    if (event.persisted) forget();
  });
  form.addEventListener("focusin", begin);
  form.addEventListener("submit", async (event) => {
    begin();
    if (isSettled) return;
    event.preventDefault();
    event.stopPropagation();
    if (isWaiting) return;
    isWaiting = true;
    line.textContent = line.dataset.wait;
    await Promise.race([work, patience()]);
    line.textContent = "";
    isSettled = true;
    isWaiting = false;
    form.requestSubmit(event.submitter);
  });
}
