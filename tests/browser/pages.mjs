// The pages in a real browser: opened, read, clicked through, and held against the rules of axe-core.
// usage: node pages.mjs ADDRESS SCREENSHOTS
import { address, check, end, password, person, rules, screenshots } from "./service.mjs";

const hostile = [
  "<script>window.hurt=1</script>", "\"><img src=x onerror=window.hurt=1>", "' OR 1=1; DROP TABLE orders; --", "\u202Egnp.exe\u202C",
  "😀👩‍👩‍👧‍👦", "{{ 7*7 }}", "x".repeat(10_000),
];

const places = [
  ["today", "/", "Held for a second person"],
  ["map", "/map", "Compute that may go"],
  ["decide", "/decide?item=NVIDIA+H100+SXM&quantity=1024&destination=MY&date=2025-06-02&ultimate_consignee=my-cloud&end_use=data_center", "The argument"],
  ["ask", "/decide/ask", "Your line is shown as it was understood"],
  ["orders", "/orders?sort=largest", "PO-"],
  ["order", "/orders/PO-013/1", "The argument"],
  ["uploads", "/uploads", "Uploads"],
  ["screen", "/screen", "Hold names against the lists"],
  ["search", "/search?q=PO-01", "PO-01"],
  ["account", "/account", "Sessions"],
  ["party", "/parties/tw-affiliate", "100 percent"],
  ["parties", "/parties?q=tw", "tw-affiliate"],
  ["allocations", "/allocations", "Allocations"],
  ["cases", "/cases", "TPP an hour"],
  ["case", null, "Who is tied to whom"],
  ["law", "/law?policy=diffusion&date=2025-06-02&against=anthropic-2025", "7,912,000 TPP"],
  ["lab", "/lab?policy=diffusion&set=1&threshold=500&budget=2&draws=2000", "honest buyers abroad"],
  ["audit", "/audit?kind=origin", "tarted version"],
];

const tour = async (look, options) => {
  const page = await person("officer", options);
  const log = await person("auditor", options);
  for (const [name, path, shows] of places) {
    const own = name === "audit" ? log : page;
    if (path) {
      const answer = await own.goto(address + path);
      check(answer.status() === 200, `${name}: status ${answer.status()}`);
    } else {
      await own.goto(`${address}/cases`);
      await own.click("main table a");
    }
    const text = await own.textContent("main");
    if (look !== "ja") check(text.includes(shows), `${name} does not show "${shows}": ${text.slice(0, 300)}`);
    const wide = await own.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(wide <= 0, `${name}, ${look}: ${wide} pixels stick out to the right`);
    await rules(own, `${name}, ${look}`);
    await own.screenshot({ path: `${screenshots}/${name}-${look}.png`, fullPage: name !== "law" && name !== "audit" });
    const weight = await own.evaluate(() => performance.getEntries().filter((own) => own.transferSize).reduce((sum, own) => sum + own.transferSize, 0));
    check(weight < 300_000, `${name}: ${weight} bytes came over the network`);
  }
  await page.context().close();
  await log.context().close();
};
await tour("light", { colorScheme: "light" });
await tour("dark", { colorScheme: "dark" });
await tour("phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "light" });
await tour("ja", { colorScheme: "light", locale: "ja-JP" });

// A decision as it is typed.
{
  const page = await person("officer");
  await page.goto(`${address}/decide`);
  for (const [name, value] of Object.entries({ item: "NVIDIA H100 SXM", quantity: "8", destination: "JP", ultimate_consignee: "jp-lab", date: "2025-06-02", end_use: "data_center" })) await page.fill(`#${name}`, value);
  await page.waitForSelector(".verdict.go", { timeout: 5_000 });
  await page.fill("#destination", "China");
  await page.waitForSelector(".verdict.stop", { timeout: 5_000 });
  check(page.url().includes("destination=China"), "the address does not follow the form");
  await page.fill("#destination", "JP");
  await page.waitForSelector(".verdict.go", { timeout: 5_000 });
  check((await page.textContent("#answer")).includes("anthropic-2025"), "other policies are not shown");
  const steps = await page.locator("ol.steps li").count();
  check(steps > 3, `an argument of ${steps} steps`);
  await page.fill("#order_id", "BROWSER-1");
  await page.click("#answer form button");
  await page.waitForSelector(".said");
  check((await page.textContent("h1")).includes("BROWSER-1") && (await page.textContent("h1")).includes("set aside"), "the line's page does not show the reservation");
  // From here on it is found and worked on by its page: shipped, corrected, in the list of orders.
  await page.fill("#ship-date", "2025-06-03");
  await page.fill("#ship-tpp", "15824");
  await page.click("form:has(#ship-date) button");
  check((await page.textContent("h1")).includes("partly shipped"), "a part is not shipped");
  await page.fill("#correct-date", await page.inputValue("#ship-date"));
  await page.fill("#correct-tpp", "31648");
  await page.fill("#correct-reason", "two went, not one");
  await page.click("form:has(#correct-date) button");
  check((await page.textContent(".timeline")).includes("two went, not one"), "the correction is not in the history");
  await page.fill("#cancel-reason", "the rest is not wanted");
  await page.click("form:has(#cancel-reason) button");
  check((await page.textContent("h1")).includes("shipped"), "the rest is not given up");
  await page.goto(`${address}/orders?q=BROWSER-1`);
  check((await page.locator("tbody tr").count()) === 1, "the ledger's line is not in the list of orders");
  // The same without JavaScript.
  const plain = await person("officer", { javaScriptEnabled: false });
  await plain.goto(`${address}/decide`);
  for (const [name, value] of Object.entries({ item: "NVIDIA H100 SXM", quantity: "8", destination: "CN", ultimate_consignee: "cn-x", date: "2025-06-02" })) await plain.fill(`#${name}`, value);
  await plain.click("form.fields button");
  check((await plain.textContent(".verdict")).includes("license is required"), "no decision without JavaScript");
  await plain.context().close();
  await page.context().close();
}

// A file of orders is uploaded, and its results are shown; one that cannot be used is told.
{
  const page = await person("officer");
  await page.goto(`${address}/decide`);
  const head = "order_id,date,ultimate_consignee,destination,item,quantity\n";
  const upload = async (name, text) => {
    await page.setInputFiles("#file", { name, mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.click("#upload button");
  };
  await upload("good.csv", `${head}U1,2025-06-02,jp-lab,JP,NVIDIA H100 SXM,8\nU2,2025-06-02,cn-x,CN,NVIDIA H100 SXM,8\n`);
  await page.waitForURL(/uploads\//, { timeout: 20_000 }).catch(async () => check(false, `no results: ${await page.textContent("#upload-told")}`));
  check((await page.locator("tbody tr").count()) === 2, "the results are not two lines");
  check((await page.textContent("main")).includes("license required"), "the results do not say what came out");
  await rules(page, "results of an upload");
  await page.click("tbody tr:last-child a");
  check((await page.textContent("main")).includes("The argument"), "a row of an upload does not lead to its argument");
  await page.goto(`${address}/decide`);
  page.expected = /4\d\d/;
  await upload("bad.csv", "nothing,of,it\n1,2,3\n");
  await page.waitForFunction(() => /bad\.csv: .{20}|order_id/.test(document.getElementById("upload-told").textContent), null, { timeout: 20_000 });
  await page.context().close();
}

// A held line is released by a second person, and not by the one who entered it.
{
  const [one, two] = [await person("officer"), await person("second")];
  await one.goto(`${address}/decide?item=NVIDIA+H100+SXM&quantity=8&destination=JP&date=2025-06-02&ultimate_consignee=jp-lab&end_use=data_center`);
  await one.fill("#order_id", "HELD-1");
  await one.check("#answer input[name=hold]");
  await one.click("#answer form button");
  await one.waitForSelector(".said");
  await one.goto(`${address}/`);
  const held = (page) => page.locator(".inbox > li", { hasText: "HELD-1" });
  check((await held(one).count()) === 1 && (await held(one).locator("form").count()) === 0, "who entered a line may release it");
  await two.goto(`${address}/`);
  await rules(two, "today, with a held line");
  await held(two).locator("input[name=reason]").fill("compared with the papers");
  await held(two).locator("button").click();
  check((await held(two).count()) === 0, "the line is still held");
  for (const page of [one, two]) await page.context().close();
}

// Each role sees what it may, and nothing else.
{
  const may = { viewer: [200, 403, 403], analyst: [200, 200, 403], officer: [200, 200, 403], administrator: [200, 403, 403], auditor: [200, 403, 200] };
  for (const [role, expected] of Object.entries(may)) {
    const page = await person(role);
    page.expected = /403/;
    for (const [index, path] of ["/cases", "/lab?draws=50", "/audit"].entries()) {
      const answer = await page.goto(address + path);
      check(answer.status() === expected[index], `${role} at ${path}: ${answer.status()}`);
      const link = await page.locator(`header nav a[href="${path.split("?")[0]}"]`).count();
      check((link === 1) === (expected[index] === 200), `${role}: the menu and ${path} differ`);
    }
    await page.context().close();
  }
}

// Orders are filtered, sorted, and downloaded.
{
  const page = await person("viewer");
  await page.goto(`${address}/orders`);
  await page.selectOption("#outcome", "license_required");
  await page.click("form.fields button");
  const outcomes = await page.locator("tbody td:nth-child(2) .tag").allTextContents();
  check(outcomes.length > 0 && outcomes.every((text) => text.includes("license required")), `outcomes: ${outcomes.slice(0, 3)}`);
  await page.click("#views-save");
  check((await page.textContent("#views-list")).includes("license required"), "the view is not saved");
  const csv = await (await page.request.get(`${address}/orders.csv?outcome=license_required`)).text();
  check(csv.startsWith("order_id,line,date") && csv.trim().split("\n").length === outcomes.length + 1, "the CSV has other lines than the page");
  // Who may only read has nothing to act with, and is refused where the address is known.
  page.expected = /403/;
  check((await page.goto(`${address}/decide`)).status() === 403, "a viewer may decide");
  check((await page.goto(`${address}/audit`)).status() === 403, "a viewer may read the log");
  await page.goto(`${address}/cases`);
  await page.click("main table a");
  check((await page.locator("main form").count()) === 0, "a viewer may act on a case");
  await page.context().close();
}

// A case is worked on by two people.
{
  const [one, two] = [await person("analyst"), await person("officer")];
  await one.goto(`${address}/cases`);
  await one.click("main table a");
  const path = new URL(one.url()).pathname;
  await one.fill("#to", "analyst");
  await one.click("form:has(#to) button");
  await one.fill("#text", "called the consignee");
  await one.click("form:has(#text) button");
  await one.selectOption("#disposition", "true");
  await one.fill("#reason", "no site at the address");
  await one.click("form:has(#reason) button");
  check((await one.locator("main form:has(input[value=confirm])").count()) === 0, "who proposes may confirm");
  await two.goto(address + path);
  check((await two.textContent("main")).includes("called the consignee"), "the comment is not shown");
  await two.click("form:has(input[value=confirm]) button");
  check((await two.textContent(".figures")).includes("closed"), "the case is not closed");
  const dossier = await (await two.request.get(`${address}${path}.json`)).json();
  check(dossier.state === "closed" && dossier.steps.length === 4 && dossier.parties.length > 0, `the dossier: ${JSON.stringify(dossier).slice(0, 200)}`);
  const file = await (await two.request.get(`${address}${path}.html`)).text();
  check(file.includes("no site at the address") && file.includes("<svg") && !file.includes("<form"), "the dossier as a page lacks something");
  const auditor = await person("auditor");
  await auditor.goto(`${address}/audit?q=${encodeURIComponent("no site at the address")}`);
  check((await auditor.locator("tbody tr").count()) === 1, "the step is not in the log");
  await auditor.goto(`${address}/audit`);
  await auditor.click("main form[method=post] button");
  check((await auditor.textContent(".said")).includes("records follow each other"), "the chain is not verified");
  for (const page of [one, two, auditor]) await page.context().close();
}

// A slider is moved, and the figures follow; the file that is downloaded is the one that was shown.
{
  const page = await person("analyst");
  page.expected = /409/;
  await page.goto(`${address}/lab`);
  await page.waitForSelector("#answer svg");
  const began = Date.now();
  const answered = page.waitForResponse((response) => response.url().includes("threshold=300"));
  await page.locator("#threshold").fill("300");
  check((await answered).status() === 200, "the slider gets no answer");
  console.log(`lab: ${Date.now() - began} ms from the slider to a first answer`);
  check(await page.isChecked("#set"), "the slider does not set the threshold");
  await page.waitForFunction(() => location.search.includes("threshold=300"), null, { timeout: 5_000 });
  await page.waitForFunction(() => document.querySelector("#answer").textContent.includes("20,000 draws"), null, { timeout: 30_000 });
  const scenario = await (await page.request.get(`${address}/lab/scenario.toml?${new URL(page.url()).searchParams}`)).text();
  check(scenario.includes("threshold_h100 = 300"), `the scenario file: ${scenario}`);
  await page.goto(`${address}/lab?tiers=XX%3D9&agreements=%22%5D`);
  check((await page.locator(".error").count()) === 1, "a wrong tier is not told");
  await page.context().close();
}

// Hostile text shows as text, in every field, and forged forms are refused.
{
  const page = await person("officer");
  for (const text of hostile) {
    for (const path of ["/decide?date=2025-06-02&quantity=1&destination=SG&item=NVIDIA+H100+SXM&ultimate_consignee=", "/decide?quantity=1&destination=SG&ultimate_consignee=x&item=", "/orders?q=", "/law?q=", "/login?next=", "/orders?destination=", "/law?policy=", "/law?date=", "/lab?policy=", "/lab?tiers=", "/lab?effective=", "/parties/", "/orders/", "/cases/"]) {
      page.expected = /40\d|414|422|431/;
      const answer = await page.goto(address + path + encodeURIComponent(text) + (path === "/orders/" ? "/1" : ""));
      check(answer.status() < 500, `${path}: ${text.slice(0, 20)}: status ${answer.status()}`);
      check(!(await page.evaluate(() => window.hurt)), `${path}: ${text.slice(0, 40)} ran`);
      check((await page.locator("img[src=x]").count()) === 0, `${path}: ${text.slice(0, 40)} is markup`);
    }
  }
  // The same texts stand in the tables that the service was started with: as ids, names, addresses.
  for (const path of ["/orders?q=", "/parties?q=", "/parties/", "/orders/"]) {
    for (const text of ["<script>window.hurt=1</script>", "\"><img src=x onerror=window.hurt=1>", "\u202Egnp.exe", "😀' OR 1=1; DROP TABLE orders; --", "=HYPERLINK(1)"]) {
      const answer = await page.goto(address + path + encodeURIComponent(text) + (path === "/orders/" ? "/1" : ""));
      check(answer.status() === 200, `${path}: ${text}: status ${answer.status()}`);
      check((await page.textContent("main")).includes(text), `${path}: ${text} is not shown`);
      check(!(await page.evaluate(() => window.hurt)) && (await page.locator("img[src=x]").count()) === 0, `${path}: ${text} ran`);
    }
  }
  const csv = await (await page.request.get(`${address}/orders.csv?q=${encodeURIComponent("=HYPERLINK(1)")}`)).text();
  check(csv.includes("'=HYPERLINK(1)"), `a spreadsheet would run ${csv}`);
  for (const path of ["/decide", "/decide/ask", "/cases/C1", "/logout", "/audit"]) {
    for (const csrf of ["", "0".repeat(64)]) {
      const answer = await page.request.post(address + path, { form: { csrf, act: "comment", next: 1, text: "x", key: "12345678" } });
      check(answer.status() === 403, `${path}: a forged form gets ${answer.status()}`);
    }
  }
  await page.goto(`${address}/`);
  await page.click("header form button");
  await page.waitForURL(/login/);
  await page.goto(`${address}/orders`);
  check(page.url().includes("/login?next="), "who logged out still reads");
  await page.context().close();
}

// Keys in the queues, a name that is screened, and a user who is added.
{
  const page = await person("officer");
  await page.goto(`${address}/orders`);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  check(await page.evaluate(() => document.querySelectorAll("tbody tr")[1].contains(document.activeElement)), "j does not go to the second row");
  await page.keyboard.press("Enter");
  await page.waitForURL(/orders\/.+/);
  await page.keyboard.press("/");
  check((await page.evaluate(() => document.activeElement.id)) === "search", "/ does not search");
  await page.goto(`${address}/screen`);
  await page.fill("#names", "Huawei Technologies Co., Ltd.\nA Name of Nobody");
  await page.click("main form button");
  check((await page.locator(".match").count()) > 0, "a listed name has no match");
  await rules(page, "screened names");
  await page.context().close();
  const administrator = await person("administrator");
  await administrator.goto(`${address}/users`);
  await rules(administrator, "users");
  await administrator.fill("#user-name", "newcomer");
  await administrator.selectOption("#user-role", "viewer");
  await administrator.fill("#user-password", password);
  await administrator.click("form:has(#user-name) button");
  check((await administrator.textContent(".said")).includes("can log in"), "the user is not made");
  await administrator.context().close();
}

// By keyboard alone: past the menu to the content, and on to the first link.
{
  const page = await person("viewer");
  await page.goto(`${address}/orders`);
  await page.keyboard.press("Tab");
  check((await page.evaluate(() => document.activeElement.className)) === "skip", "the first stop is not the skip link");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  check(await page.evaluate(() => document.querySelector("main").contains(document.activeElement)), "the skip link does not lead into the content");
  await page.context().close();
}

await end("pages");
