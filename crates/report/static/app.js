// What a page does beyond plain links and forms; every page works without it.
const later = (wait, act) => {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
};

// What is put in the place of an answer keeps the field that one is in, and what is typed there.
const put = (place, html) => {
  const held = place.contains(document.activeElement) && document.activeElement.id ? document.activeElement : null;
  const typed = [...place.querySelectorAll("input:not([type=hidden])")].filter((input) => input.id && input.value).map((input) => [input.id, input.value]);
  place.innerHTML = html;
  for (const [id, value] of typed) { const input = document.getElementById(id); if (input && place.contains(input) && !input.value) input.value = value; }
  if (held) document.getElementById(held.id)?.focus();
  const said = document.getElementById("verdict-said");
  const verdict = place.querySelector(".verdict, .error");
  if (said && verdict && said.textContent !== verdict.textContent) said.textContent = verdict.textContent;
  if (said && verdict) said.className = `sight ${["go", "stop", "ask"].find((tone) => verdict.classList.contains(tone)) ?? "stop"}`;
};

// What was typed before the session ended is put back into the form that it came from: the one whose hidden fields hold the same.
const kept = document.getElementById("kept");
if (kept?.dataset.fields) {
  const fields = JSON.parse(kept.dataset.fields);
  const typed = (name) => fields.find(([of]) => of === name)?.[1];
  const isTyped = (input) => input.name && !["hidden", "password", "submit", "button", "file"].includes(input.type);
  const isSame = (form) => [...form.elements].every((input) => input.type !== "hidden" || ["csrf", "key", "next"].includes(input.name) || typed(input.name) === input.value);
  const form = [...document.querySelectorAll("main form[method=post]")].find((form) => isSame(form) && [...form.elements].some((input) => isTyped(input) && typed(input.name) !== undefined));
  for (const input of form ? [...form.elements].filter(isTyped) : []) {
    if (input.type === "checkbox") input.checked = typed(input.name) !== undefined;
    else if (typed(input.name) !== undefined) input.value = typed(input.name);
  }
  if (form) {
    document.getElementById("kept-filled").hidden = false;
    document.getElementById("kept-list").hidden = true;
    form.scrollIntoView({ block: "center" });
    [...form.elements].find((input) => isTyped(input) && input.value && input.type !== "checkbox")?.focus();
  }
  const here = new URL(location.href);
  here.searchParams.delete("kept");
  history.replaceState(null, "", here);
}

// Forms marked data-live ask again while one types, and put the answer where data-live says.
for (const form of document.querySelectorAll("form[data-live]")) {
  const place = document.getElementById(form.dataset.live);
  let asked = 0;
  let last = "";
  const ask = async () => {
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (!value || name === "csrf") query.delete(name);
    const address = `${form.getAttribute("action")}?${query}`;
    if (address === last) return;
    last = address;
    const mine = ++asked;
    const answer = await fetch(address, { headers: { "X-Part": "1" } });
    if (mine !== asked || answer.status === 409) return;
    if (answer.redirected && answer.url.includes("/login")) { location.assign(answer.url); return; }
    put(place, await answer.text());
    history.replaceState(null, "", address);
    const more = place.querySelector("[data-refine]");
    if (more) refine(more.dataset.refine, () => mine === asked, place);
  };
  const initial = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...initial]) if (!value || name === "csrf") initial.delete(name);
  last = `${form.getAttribute("action")}?${initial}`;
  form.addEventListener("input", later(Number(form.dataset.wait || 60), ask));
  form.addEventListener("change", later(Number(form.dataset.wait || 60), ask));
}

// A rough answer is followed by a finer one, in its place.
const refine = async (address, wanted, place) => {
  const answer = await fetch(address, { headers: { "X-Part": "1" } });
  if (wanted() && answer.ok) put(place, await answer.text());
};
for (const rough of document.querySelectorAll("[data-refine]")) refine(rough.dataset.refine, () => true, rough.closest("#answer") || rough.closest("[data-place]") || rough.parentElement);

// Names of parties are completed by the server: there may be hundreds of thousands.
for (const input of document.querySelectorAll("input[data-complete]")) {
  const list = document.getElementById(input.getAttribute("list"));
  input.addEventListener("input", later(120, async () => {
    if (input.value.length < 2) return;
    const answer = await fetch(`${input.dataset.complete}?q=${encodeURIComponent(input.value)}`);
    if (!answer.ok) return;
    list.replaceChildren(...(await answer.json()).map(({ id, name }) => {
      const option = document.createElement("option");
      option.value = id;
      option.label = name;
      return option;
    }));
  }));
}

// Sliders say their value.
for (const slider of document.querySelectorAll("input[type=range]")) {
  const out = document.querySelector(`output[for="${slider.id}"]`);
  const show = () => { if (out) out.textContent = slider.value; };
  slider.addEventListener("input", show);
  const sets = document.getElementById(slider.dataset.sets ?? "");
  if (sets) slider.addEventListener("input", () => { sets.checked = true; });
  show();
}

// Views are kept by the browser, as addresses; one is taken away by saving it once more.
const views = document.getElementById("views");
if (views) {
  views.hidden = false;
  const place = `tollgate${views.dataset.page}`;
  const all = () => { try { return JSON.parse(localStorage.getItem(place)) ?? []; } catch { return []; } };
  const draw = () => document.getElementById("views-list").replaceChildren(...all().flatMap((query) => {
    const link = document.createElement("a");
    link.href = views.dataset.page + query;
    link.textContent = [...new URLSearchParams(query)].filter(([name, value]) => value && name !== "from").map(([, value]) => value.replaceAll("_", " ")).join(", ");
    return [link, " "];
  }));
  document.getElementById("views-save").addEventListener("click", () => {
    if (!location.search) return;
    const kept = all().filter((query) => query !== location.search);
    localStorage.setItem(place, JSON.stringify(kept.length < all().length ? kept : [...kept, location.search].slice(-20)));
    draw();
  });
  draw();
}

// Answers that come later have buttons too. What is folded is unfolded for paper.
document.addEventListener("click", (event) => { if (event.target.closest("button[data-print]")) window.print(); });
const folded = new Set();
addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach((details) => { folded.add(details); details.open = true; }));
addEventListener("afterprint", () => { folded.forEach((details) => { details.open = false; }); folded.clear(); });

// Keys: / searches, j and k go through the rows of queues, Enter opens one, e goes to its first field, ? says so.
const rows = () => [...document.querySelectorAll("table.queue tbody tr, ul.queue > li")];
const current = () => rows().find((row) => row.contains(document.activeElement));
const go = (row) => { const link = row?.querySelector("a, input, button"); if (link) { link.focus(); row.scrollIntoView({ block: "nearest" }); } };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest("input, select, textarea, dialog")) return;
  const all = rows();
  const at = all.indexOf(current());
  const acts = {
    "/": () => document.getElementById("search")?.focus(),
    "j": () => go(all[Math.min(at + 1, all.length - 1)]),
    "k": () => go(all[Math.max(at - 1, 0)]),
    "e": () => current()?.querySelector("form input:not([type=hidden]), form select")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
  };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
});

// A file of orders: sent, followed, and its results offered.
const upload = document.getElementById("upload");
if (upload) {
  upload.hidden = false;
  const told = document.getElementById("upload-told");
  const bar = document.getElementById("upload-bar");
  upload.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = upload.elements.file.files[0];
    if (!file) return;
    if (!/\.(csv|jsonl|parquet)$/i.test(file.name)) { told.textContent = `${file.name}: ${upload.dataset.other}`; return; }
    bar.hidden = false;
    bar.removeAttribute("value");
    told.textContent = file.name;
    const key = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
    const answer = await fetch(upload.dataset.to, { method: "POST", body: file, headers: { "X-CSRF-Token": upload.elements.csrf.value, "Idempotency-Key": key, "Content-Type": /\.csv$/i.test(file.name) ? "text/csv" : /\.parquet$/i.test(file.name) ? "application/vnd.apache.parquet" : "application/jsonl" } });
    let job = await answer.json();
    if (!answer.ok) { told.textContent = `${job.detail} ${job.mend || ""}`; bar.hidden = true; return; }
    while (job.state === "running") {
      await new Promise((go) => setTimeout(go, 300));
      job = await (await fetch(`${upload.dataset.to}/${encodeURIComponent(job.id)}`)).json();
      if (job.lines) { bar.max = job.lines; bar.value = job.done; }
      told.textContent = `${file.name}: ${job.done}${job.lines ? ` / ${job.lines}` : ""}`;
    }
    bar.hidden = true;
    if (job.state !== "done") { told.textContent = `${file.name}: ${(job.detail ?? job.state).replace(/\s*\n\s*mend: (.)/g, (_, first) => `. ${first.toUpperCase()}`)}`; return; }
    // The results are a page of their own.
    const link = document.createElement("a");
    link.href = upload.dataset.page + encodeURIComponent(job.id);
    link.textContent = upload.dataset.results;
    told.append(" ", link);
    location.assign(link.href);
  });
}
