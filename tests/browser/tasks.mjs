// The tasks of a day, each done by a person of the right role from login to the record in the log, at two widths; three by keyboard alone.
// usage: node tasks.mjs ADDRESS SCREENSHOTS ORDERS, where ORDERS is the file of orders that the service was started with.
import { readFileSync } from "node:fs";
import { address, check, end, password, person, rules, screenshots } from "./service.mjs";

const orders = process.argv[4];
const widths = [
  ["desk", { viewport: { width: 1440, height: 900 } }],
  ["phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
];

const text = async (page, what = "main") => (await page.textContent(what)) ?? "";
const shows = async (page, part, task) => check((await text(page)).includes(part), `${task}: the page does not show "${part}": ${(await text(page)).replace(/\s+/g, " ").slice(0, 300)}`);
/** The page as it stands: nothing sticks out, axe has nothing to say, a picture is kept. */
const seen = async (page, name) => {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(wide <= 0, `${name}: ${wide} pixels stick out to the right`);
  await rules(page, name);
  await page.screenshot({ path: `${screenshots}/task-${name}.png`, fullPage: true });
};
/** What the log says of an order, as the auditor reads it. */
const inTheLog = async (look, query, part, task) => {
  const page = await person("auditor", look);
  await page.goto(`${address}/audit?${query}`);
  await shows(page, part, `${task}, the log`);
  await page.context().close();
};
const close = async (...pages) => { for (const page of pages) await page.context().close(); };

// With the keyboard alone: Tab until a control is reached, type, Enter.
const reach = async (page, selector) => {
  for (let presses = 0; presses < 150; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press("Tab");
  }
  check(false, `${page.url()}: the keyboard does not reach ${selector}`);
};
const type = async (page, selector, value) => {
  await reach(page, selector);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(value);
};
const press = async (page, selector) => {
  await reach(page, selector);
  await page.keyboard.press("Enter");
};

const tasks = {
  // An order is decided, reserved, amended and shipped.
  1: async (name, look) => {
    const order = `T1-${name}`;
    const page = await person("officer", look);
    await page.goto(`${address}/decide`);
    const fields = { item: "H100 SXM5 80GB", quantity: "20", destination: "Japan", date: "2025-06-02", ultimate_consignee: "jp-lab", end_use: "data_center" };
    for (const [field, value] of Object.entries(fields)) await page.fill(`#${field}`, value);
    await page.waitForSelector(".verdict.go");
    await page.fill("#order_id", order);
    await page.click("#answer form button");
    await page.waitForSelector(".said");
    check(page.url().includes(`/orders/${order}/1`), `reserved, but shown at ${page.url()}`);
    await page.click("#acts a");
    await page.waitForSelector(".verdict");
    check((await page.inputValue("#quantity")) === "20", "the form does not hold what is on record");
    await page.fill("#quantity", "16");
    await page.waitForFunction(() => document.querySelector("#answer").textContent.includes("253,184"));
    await seen(page, `1-amend-${name}`);
    await page.click("#answer form button");
    await page.waitForSelector(".said");
    await shows(page, "revision 2", "amended");
    await shows(page, "253,184", "amended");
    await page.fill("#ship-date", "2025-06-03");
    await page.click("form:has(#ship-date) button");
    check((await text(page, "h1")).includes("shipped"), "the line is not shipped");
    await seen(page, `1-shipped-${name}`);
    await inTheLog(look, `order=${order}`, "hipped all that was left of order T1-", "an order");
    await close(page);
  },
  // A file of orders: how many may not go, and why.
  2: async (name, look) => {
    const page = await person("analyst", look);
    await page.goto(`${address}/decide`);
    await page.setInputFiles("#file", { name: "orders.csv", mimeType: "text/csv", buffer: readFileSync(orders) });
    await page.click("#upload button");
    await page.waitForURL(/uploads\//, { timeout: 60_000 });
    await seen(page, `2-upload-${name}`);
    const facet = page.locator(".facets a", { hasText: "presumption of denial" }).first();
    const count = Number((await facet.locator("strong").textContent()).replace(/\D/g, ""));
    await facet.click();
    const rows = await page.locator("tbody tr").count();
    check(count > 0 && rows === Math.min(count, 100), `the facet says ${count}, and ${rows} rows are shown`);
    const reasons = await page.locator("tbody td:nth-child(3)").allTextContents();
    check(reasons.every((reason) => reason.trim().length > 10 && /CFR|required|row/.test(reason)), `a row has no reason with its paragraph: ${reasons.slice(0, 3)}`);
    await page.locator("tbody tr a").first().click();
    await shows(page, "The argument", "a row of the file");
    await close(page);
  },
  // A line that is held is released by a second person, by keyboard alone.
  3: async (name, look) => {
    const order = `T3-${name}`;
    const [one, two] = [await person("officer", look), await person("second", look)];
    await one.goto(`${address}/decide?item=H100+SXM5+80GB&quantity=8&destination=JP&date=2025-06-02&ultimate_consignee=jp-lab&end_use=data_center`);
    await one.fill("#order_id", order);
    await one.check("#answer input[name=hold]");
    await one.click("#answer form button");
    await one.waitForSelector(".said");
    await two.goto(`${address}/`);
    const held = two.locator(".inbox > li", { hasText: order });
    for (const part of ["8 × H100 SXM5 80GB", "Japan", "asked for a second look"]) check((await held.textContent()).includes(part), `what is held does not say ${part}`);
    await seen(two, `3-today-${name}`);
    await type(two, `.inbox > li:has-text("${order}") input[name=reason]`.replace(/:has-text\("(.*)"\)/, `:has(a[href="/orders/${order}/1"])`), "compared with the papers");
    await two.keyboard.press("Enter");
    await two.waitForSelector(".said");
    check((await held.count()) === 0, "the line is still held");
    await inTheLog(look, `order=${order}`, `eleased order ${order}`, "a release");
    await close(one, two);
  },
  // A case from the queue to a disposition that two people agree on, and its dossier.
  4: async (name, look) => {
    const [one, two] = [await person("analyst", look), await person("officer", look)];
    await one.goto(`${address}/cases?show=open`);
    // The last in line: the first ones are those of the other tests.
    await one.locator("main table a").last().click();
    const path = new URL(one.url()).pathname;
    await one.fill("#to", "analyst");
    await one.click("form:has(#to) button");
    await one.goto(`${address}/cases?show=mine`);
    check((await one.locator(`main a[href="${path}"]`).count()) === 1, "an assigned case is not among one's own");
    await one.goto(address + path);
    await one.fill("#reason", "the papers are in order");
    await one.selectOption("#disposition", "false");
    await one.click("form:has(#reason) button");
    await two.goto(`${address}/cases?show=waits`);
    await two.click(`main a[href="${path}"]`);
    await two.click("form:has(input[value=confirm]) button");
    await shows(two, "closed: nothing wrong", "a case");
    await seen(two, `4-case-${name}`);
    await two.goto(`${address}/cases?show=closed`);
    check((await two.locator(`main a[href="${path}"]`).count()) === 1, "a closed case is not found among the closed");
    const dossier = await (await two.request.get(`${address}${path}.html`)).text();
    for (const part of ["Exported on", "Policy", "The argument", "Claimed authorization", "the papers are in order", "Last record of the log"]) check(dossier.includes(part), `the dossier lacks "${part}"`);
    check(!/href="\//.test(dossier), "the dossier leads to pages that are not there without the service");
    const paper = await two.context().newPage();
    await paper.setContent(dossier);
    await paper.emulateMedia({ media: "print" });
    check((await paper.innerText("body")).includes("Exported on"), "the dossier does not print");
    await inTheLog(look, `q=${encodeURIComponent("the papers are in order")}`, "the papers are in order", "a case");
    await close(one, two);
  },
  // What a provision was on a day, and what differs from another day, by keyboard alone.
  5: async (name, look) => {
    const page = await person("viewer", look);
    await page.goto(`${address}/law?date=2025-05-14`);
    await type(page, "#q", "LPP");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=LPP/);
    for (const part of ["published, not yet binding on 2025-05-14", "2025-01-15", "2025-05-15"]) await shows(page, part, "a provision");
    check((await page.locator("a.official").first().getAttribute("href")).startsWith("https://www.ecfr.gov/"), "no official text is linked");
    await seen(page, `5-law-${name}`);
    await page.goto(`${address}/law?date=2025-05-14&other=2026-01-20&q=740.29`);
    const changes = await page.locator("section:has(h2:text('What differs')) > ul > li").allTextContents();
    check(changes.length > 0 && changes.every((change) => /740\.29/.test(change)), `the search does not narrow what differs: ${changes.map((change) => change.slice(0, 60))}`);
    await close(page);
  },
  // A study for a minister.
  6: async (name, look) => {
    const page = await person("analyst", look);
    await page.goto(`${address}/lab?policy=diffusion&set=1&threshold=500&draws=400`);
    await page.waitForFunction(() => document.querySelector("#answer").textContent.includes("20,000 draws"), null, { timeout: 60_000 });
    check((await page.locator("#lab-answers").count()) === 1, "two answers to one question");
    const headline = await text(page, ".headline");
    check(/^About [\d.,]+( million)? H100-equivalents (fewer|more) reach tier 3 in 2027/.test(headline), `the headline: ${headline}`);
    await seen(page, `6-lab-${name}`);
    const data = await (await page.request.get(`${address}/lab/data.csv?${new URL(page.url()).searchParams}`)).text();
    check(data.startsWith("policy,outcome,unit,year,p5,p50,p95"), `the data: ${data.slice(0, 100)}`);
    await page.click("a[href^='/lab/brief.html']");
    await shows(page, headline, "the brief");
    await seen(page, `6-brief-${name}`);
    await close(page);
  },
  // An officer is added, confirmed by a second person, and logs in.
  7: async (name, look) => {
    const [one, two] = [await person("administrator", look), await person("officer", look)];
    await one.goto(`${address}/users`);
    await one.fill("#user-name", `new-${name}`);
    await one.selectOption("#user-role", "officer");
    await one.fill("#user-password", password);
    await one.click("form:has(#user-name) button");
    await shows(one, "second person", "a new officer");
    await two.goto(`${address}/`);
    const proposal = two.locator(".inbox > li", { hasText: `new-${name}` });
    await proposal.locator("input[name=reason]").fill("known to me");
    await proposal.locator("button[value=confirm]").click();
    await two.waitForSelector(".said");
    const three = await person(`new-${name}`, look);
    check((await text(three, "header")).includes("officer"), "the new officer is not logged in");
    await inTheLog(look, `kind=access&q=new-${name}`, `new-${name} log in as officer`, "a new officer");
    await close(one, two, three);
  },
  // Why a party matches a list, and how the match is cleared.
  8: async (name, look) => {
    const [one, two] = [await person("officer", look), await person("second", look)];
    await one.goto(`${address}/screen`);
    await one.fill("#names", "Huawei Technologies Co., Ltd.");
    await one.click("main form button");
    await shows(one, "What was compared", "a screened name");
    const party = { desk: "inspur", phone: "my-sophgo" }[name];
    await one.goto(`${address}/parties/${party}`);
    const match = one.locator(".match").first();
    check((await match.count()) === 1 && (await match.textContent()).includes("Entity List"), `${party} has no card of its match`);
    await match.locator("input[name=reason]").fill("another register number");
    await match.locator("button[value=cleared]").click();
    await shows(one, "second person confirms", "a clearance");
    await two.goto(`${address}/`);
    const proposal = two.locator(".inbox > li", { hasText: party });
    await proposal.locator("input[name=reason]").fill("the papers show it");
    await proposal.locator("button[value=confirm]").click();
    await two.waitForSelector(".said");
    await one.goto(`${address}/parties/${party}`);
    await shows(one, "Cleared by", "a cleared match");
    await seen(one, `8-party-${name}`);
    await inTheLog(look, "kind=screening", `leared ${party}`, "a clearance");
    await close(one, two);
  },
  // The log is verified, and a year of it exported whole, by keyboard alone.
  9: async (name, look) => {
    const page = await person("auditor", look);
    await page.goto(`${address}/audit`);
    await press(page, "main form[method=post] button");
    await page.waitForSelector(".said");
    await shows(page, "records follow each other", "the log");
    const all = Number((await text(page, ".said")).match(/[\d,]+/)[0].replace(/\D/g, ""));
    const [from, to] = ["2020-01-01", "2100-01-01"];
    await page.goto(`${address}/audit?from=${from}&to=${to}`);
    const file = await (await page.request.get(await page.locator("a[href^='/audit.jsonl']").getAttribute("href").then((path) => address + path))).text();
    check(file.trim().split("\n").length >= all, `the export has ${file.trim().split("\n").length} records of ${all}`);
    await seen(page, `9-audit-${name}`);
    await close(page);
  },
  // All orders of a consignee, and who belongs to it.
  10: async (name, look) => {
    const page = await person("viewer", look);
    await page.goto(`${address}/`);
    await page.keyboard.press("/");
    await page.keyboard.type("Front company A");
    await page.keyboard.press("Enter");
    await page.waitForURL(/search/);
    await page.click("main a[href='/parties/my-front-a']");
    const kin = await text(page, "section:has(h2:text('Linked parties'))");
    check(kin.includes("same parent"), `parties of the same parent are not shown: ${kin.slice(0, 200)}`);
    check((await page.locator("section:has(h2:text('Orders')) tbody tr").count()) > 0, "the party's orders are not shown");
    await seen(page, `10-party-${name}`);
    await close(page);
  },
  // A shipment is corrected.
  11: async (name, look) => {
    const page = await person("officer", look);
    await page.goto(`${address}/orders/T1-${name}/1`);
    await page.fill("#correct-date", "2025-06-03");
    await page.fill("#correct-tpp", "237360");
    await page.fill("#correct-reason", "fifteen went, not sixteen");
    await page.click("form:has(#correct-date) button");
    await page.waitForSelector(".said");
    await shows(page, "second person confirms", "a correction that takes off");
    const two = await person("second", look);
    await two.goto(`${address}/`);
    const proposal = two.locator(".inbox > li", { hasText: `T1-${name}` });
    await proposal.locator("input[name=reason]").fill("the packing list says so");
    await proposal.locator("button[value=confirm]").click();
    await two.waitForSelector(".said");
    await page.goto(`${address}/orders/T1-${name}/1`);
    await shows(page, "fifteen went, not sixteen", "a corrected line");
    await seen(page, `11-corrected-${name}`);
    await inTheLog(look, `order=T1-${name}`, "237,360", "a correction");
    await close(page, two);
  },
};

for (const [name, look] of widths) {
  for (const [number, task] of Object.entries(tasks)) {
    try {
      await task(name, look);
    } catch (error) {
      check(false, `task ${number}, ${name}: ${String(error).split("\n").slice(0, 4).join(" ")}`);
    }
  }
}

// Nothing that is not understood is green.
{
  const page = await person("officer");
  const known = { item: "H100 SXM5 80GB", quantity: "8", destination: "JP", ultimate_consignee: "jp-lab", date: "2025-06-02", end_use: "data_center" };
  const odd = [
    { end_use: "military" }, { end_use: "weapons" }, { end_use: "???" }, { end_use: "dataa center" }, { end_use: "model training for the navy" }, { end_use: "other" }, { end_use: "hosting, missile design" },
    { authorization: "foo" }, { authorization: "D123456" }, { authorization: "LPP or NLR" }, { authorization: "exempt" }, { authorization: "TMP" },
    { destination: "Nippon" }, { destination: "Japn" }, { destination: "JP/CN" }, { destination: "Korea" }, { destination: "XX" }, { origin: "Chinaa" }, { origin: "unknown" },
    { ultimate_consignee: "Huawei Technologies Co., Ltd." }, { purchaser: "Sophgo Technologies" }, { end_user: "to be named" }, { ultimate_consignee: "-" }, { intermediate_consignee: "various" },
    { destination: "Malaysia" }, { destination: "Congo" }, { destination: "Guinea-" },
    { end_use: "" }, { end_use: "  " }, { exporter: "unknown" }, { exporter: "An exporter that no table has" }, { freight_forwarder: "Some Line" },
    { quantity: "" }, { quantity: "1O" }, { quantity: "8,5" }, { quantity: "10,00" }, { quantity: "1.000" }, { quantity: "-8" }, { quantity: "eight" },
    { item: "H1OO" }, { item: "a GPU server" }, { date: "2019-01-01" }, { date: "9999-12-31" }, { date: "2034-01-01" }, { date: "02/06/2025" }, { activity: "gift" }, { line: "one" },
  ];
  for (const change of odd) {
    const answer = await page.request.get(`${address}/decide?${new URLSearchParams({ ...known, ...change })}`, { headers: { "X-Part": "1" } });
    check(!/class="verdict go"/.test(await answer.text()), `green: ${JSON.stringify(change)}`);
  }
  const twice = await (await page.request.get(`${address}/decide?${new URLSearchParams(known)}&quantity=800`)).text();
  check(!/class="verdict/.test(twice) && twice.includes("`quantity` is given twice"), "a field that is given twice is decided");
  const korea = await (await page.request.get(`${address}/decide?${new URLSearchParams({ ...known, destination: "Korea" })}`)).text();
  check(korea.includes("KR (South Korea)") && korea.includes("KP (North Korea)"), "a country that several are called by is not asked for");
  // An order needs a number of its own before it is recorded.
  await page.goto(`${address}/decide?${new URLSearchParams(known)}`);
  await page.fill("#order_id", " ");
  await page.click("#answer form button");
  await shows(page, "`order_id` is required", "an order without a number");
  // A file of another kind is told before it is sent.
  await page.setInputFiles("#file", { name: "orders.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4") });
  await page.click("#upload button");
  check((await text(page, "#upload-told")).includes("Save it as CSV"), "a file of another kind is not told");
  // Who logs in again after a session ended finds the form as it was.
  await page.goto(`${address}/decide?${new URLSearchParams(known)}`);
  await page.fill("#order_id", "AGAIN-1");
  await page.context().clearCookies();
  await page.click("#answer form button");
  await page.waitForURL(/\/login/);
  await page.fill("#name", "officer");
  await page.fill("#password", password);
  await page.click("main button");
  await page.waitForURL(/\/decide/);
  const kept = await page.evaluate(() => ["#quantity", "#ultimate_consignee", "#order_id"].map((field) => document.querySelector(field)?.value));
  check(JSON.stringify(kept) === JSON.stringify(["8", "jp-lab", "AGAIN-1"]), `after logging in the form holds ${JSON.stringify(kept)}`);
  await close(page);
}

await end("tasks");
