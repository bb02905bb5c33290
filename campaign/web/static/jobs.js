// Follows a job: moves the bar, and opens the finished page when there is one.
const section = document.querySelector("[data-job]");
const words = section.querySelector("[data-job-words]");
const bar = section.querySelector("progress");
section.querySelector("[data-without-script]").hidden = true;

const number = new Intl.NumberFormat(document.documentElement.lang);
let pause = 1000;

async function look() {
  let job;
  try {
    const answer = await fetch(section.dataset.job, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    job = await answer.json();
    pause = 1000;
  } catch {
    pause = Math.min(pause * 2, 30000);
    setTimeout(look, pause);
    return;
  }
  if (!job.is_open) {
    location.reload();
    return;
  }
  if (job.total) {
    const said = `${number.format(job.done)} of ${number.format(job.total)} done.`;
    if (words.textContent !== said) words.textContent = said;
    bar.value = (100 * job.done) / job.total;
  }
  setTimeout(look, pause);
}

setTimeout(look, pause);
