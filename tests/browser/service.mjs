// What the tests of the pages share: a browser, people who are logged in, and the rules of axe-core.
// Arguments: ADDRESS SCREENSHOTS; users named after their roles have the password below.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

export const [address, screenshots] = process.argv.slice(2);
export const password = "a long password of mine";
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
mkdirSync(screenshots, { recursive: true });

let failures = 0;
export const check = (good, what) => {
  if (!good) { failures += 1; console.error(`FAILED: ${what}`); }
};

export const browser = await (async () => {
  for (const path of executablePath) {
    try { return await chromium.launch({ executablePath: path, args: ["--no-sandbox", "--disable-gpu"] }); } catch (error) { if (!/exist|ENOENT/.test(String(error))) throw error; }
  }
  throw new Error("no Chromium: apt-get install chromium");
})();

/** A browser of its own for a person, by the name of whom; everything that goes wrong in it is a failure. */
export const person = async (name, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("console", (message) => check(message.type() !== "error" || page.expected?.test(message.text()), `${page.url()}: console: ${message.text()}`));
  page.on("pageerror", (error) => check(false, `${page.url()}: ${error}`));
  page.on("request", (request) => check(request.url().startsWith(address) || request.url().startsWith("data:"), `asked another server: ${request.url()}`));
  if (name) {
    await page.goto(`${address}/login`);
    await page.fill("#name", name);
    await page.fill("#password", password);
    await page.click("main button");
    await page.waitForURL((url) => !url.pathname.startsWith("/login"));
  }
  return page;
};

/** Holds a page against the rules of axe-core. */
export const rules = async (page, name) => {
  // Text inside a bar is left out: axe takes the page for its background, and not the bar.
  // The page's own policy forbids scripts that are not the service's; what asks here is the browser itself.
  await page.evaluate(readFileSync(axe, "utf8"));
  const result = await page.evaluate(() => window.axe.run({ include: [["html"]], exclude: [["svg .inside"]] }, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const rule of result.violations) {
    check(false, `${name}: axe: ${rule.id}: ${rule.help}: ${rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }
};

/** Ends the test: says what came of it. */
export const end = async (what) => {
  await browser.close();
  console.log(failures === 0 ? `${what}: all good; pictures in ${screenshots}` : `${what}: ${failures} failures`);
  process.exit(failures === 0 ? 0 : 1);
};
