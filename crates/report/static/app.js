// What a page does beyond plain links and forms; every page works without it.
const later = (wait, act) => {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
};

// Forms marked data-live ask again while one types, and put the answer where data-live says.
for (const form of document.querySelectorAll("form[data-live]")) {
  const place = document.getElementById(form.dataset.live);
  let asked = 0;
  const ask = async () => {
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (!value || name === "csrf") query.delete(name);
    const mine = ++asked;
    const address = `${form.getAttribute("action")}?${query}`;
    const answer = await fetch(address, { headers: { "X-Part": "1" } });
    if (mine !== asked || answer.status === 409) return;
    if (answer.redirected && answer.url.includes("/login")) { location.assign(answer.url); return; }
    place.innerHTML = await answer.text();
    history.replaceState(null, "", address);
    const more = place.querySelector("[data-refine]");
    if (more) refine(more.dataset.refine, () => mine === asked, place);
  };
  form.addEventListener("input", later(Number(form.dataset.wait || 60), ask));
  form.addEventListener("change", later(Number(form.dataset.wait || 60), ask));
}

// A rough answer is followed by a finer one.
const refine = async (address, wanted, place) => {
  const answer = await fetch(address, { headers: { "X-Part": "1" } });
  if (wanted() && answer.ok) place.innerHTML = await answer.text();
};
for (const rough of document.querySelectorAll("[data-refine]")) refine(rough.dataset.refine, () => true, rough.closest("[data-place]") || rough.parentElement);

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

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

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
    if (job.state !== "done") { told.textContent = `${file.name}: ${job.detail ?? job.state}`; return; }
    // All results, page by page: the first as a table, the whole as a file.
    const all = [];
    for (let cursor = 0; ;) {
      const part = await (await fetch(`${upload.dataset.to}/${encodeURIComponent(job.id)}/results?cursor=${cursor}`)).json();
      all.push(...part.results);
      if (!part.results.length || part.next === cursor) break;
      cursor = part.next;
    }
    const row = ({ order_id, line, answer, problem }) => [`${order_id}, ${line}`, answer ? `${answer.decision.outcome.replaceAll("_", " ")} ${answer.decision.authorization ?? ""}` : "?", answer?.decision.tpp ?? "", problem ? `${problem.detail}` : (answer.decision.missing ?? []).join(", ")];
    const line = (cells, kind) => {
      const tr = document.createElement("tr");
      tr.append(...cells.map((text) => { const cell = document.createElement(kind); cell.textContent = text; return cell; }));
      return tr;
    };
    const table = document.createElement("table");
    const shown = all.slice(0, 100);
    table.createCaption().textContent = upload.dataset.rows.replace("{count}", shown.length);
    table.createTHead().append(line(upload.dataset.head.split("|"), "th"));
    table.createTBody().append(...shown.map((own) => line(row(own), "td")));
    const place = document.getElementById("upload-table");
    place.hidden = false;
    place.replaceChildren(table);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([all.map((own) => JSON.stringify(own)).join("\n") + "\n"], { type: "application/jsonl" }));
    link.download = `${file.name}.results.jsonl`;
    link.textContent = upload.dataset.results;
    told.append(" ", link);
  });
}
