// The first start: from the link that the service prints to the first officer's own page; in English on a desk, in Japanese on a phone.
// usage: node first.mjs ADDRESS SCREENSHOTS LINK LOOK TOLLGATE FOLDER, where LINK is what the service printed, LOOK is `desk` or `phone`,
// and FOLDER is where the service, started as TOLLGATE, has its ledger.
import { execFileSync } from "node:child_process";
import { address, check, end, password, person, rules, screenshots } from "./service.mjs";

const [link, look, tollgate, folder] = process.argv.slice(4);
const looks = {
  desk: { viewport: { width: 1440, height: 900 }, locale: "en-US" },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: "ja-JP" },
};
const language = { desk: "en", phone: "ja" }[look];
const seen = async (page, name) => {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(wide <= 0, `${name}: ${wide} pixels stick out to the right`);
  check((await page.getAttribute("html", "lang")) === language, `${name}: the page is not in ${language}`);
  await rules(page, name);
  await page.screenshot({ path: `${screenshots}/first-${name}-${look}.png`, fullPage: true });
};
/** Logs in by the form. */
const logIn = async (page, name) => {
  await page.fill("#name", name);
  await page.fill("#password", password);
  await page.click("main button");
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
};

const page = await person(null, looks[look]);
// A link with another secret makes nobody.
page.expected = /status of 4\d\d/;
await page.goto(`${address}/setup#not-the-secret`);
await page.fill("#name", "intruder");
await page.fill("#password", password);
await page.click("main button");
await page.waitForFunction(() => document.querySelector("#said").textContent.length > 10);
check(await page.locator("#on").isHidden(), "a wrong secret made an administrator");
await page.goto("about:blank");
await page.goto(link);
await seen(page, "setup");
await page.fill("#name", "first-admin");
await page.fill("#password", "short");
await page.click("main button");
check(await page.locator("#on").isHidden(), "a short password was taken");
await page.fill("#password", password);
await page.click("main button");
await page.waitForSelector("#on:not([hidden])");
await seen(page, "made");
await page.click("#on a");
await logIn(page, "first-admin");
check(page.url().endsWith("/users"), `after the first login the page is ${page.url()}`);
await page.fill("#user-name", "first-officer");
await page.selectOption("#user-role", "officer");
await page.fill("#user-password", password);
await page.click("form:has(#user-name) button");
await page.waitForSelector(".said");
await seen(page, "users");
check((await page.locator("tbody tr").count()) === 1, "one person alone made an officer");
// Nobody can confirm it yet; the page says how the first one is made, and that one confirms.
const command = (await page.textContent("#alone code")).replace("NAME", "at-the-machine").split(" ");
execFileSync(tollgate, command.slice(1), { cwd: folder, input: `${password}\n` });
await page.reload();
check((await page.locator("#alone code").count()) === 0, "the page still says that nobody can confirm");

// The link works once.
const late = await person(null, looks[look]);
late.expected = /status of 4\d\d/;
await late.goto(link);
await late.fill("#name", "second-admin");
await late.fill("#password", password);
await late.click("main button");
await late.waitForFunction(() => document.querySelector("#said").textContent.length > 10);
check(await late.locator("#on").isHidden(), "the link made a second administrator");

const officer = await person(null, looks[look]);
await officer.goto(`${address}/login`);
await logIn(officer, "at-the-machine");
const proposal = officer.locator(".inbox > li", { hasText: "first-officer" });
await proposal.locator("input[name=reason]").fill("works here since today");
await proposal.locator("button[value=confirm]").click();
await officer.waitForSelector(".said");

const first = await person(null, looks[look]);
await first.goto(`${address}/login`);
await logIn(first, "first-officer");
await seen(first, "today");
await end(`first start, ${look}`);
