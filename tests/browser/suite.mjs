// Tests in a browser: each has a page of its own, and none of them may break the page's policy.
//
//     node page-suite.mjs '{"url": ..., ...}'
//
// prints as JSON what went wrong in each test, null where nothing did.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { launch } from "./browser.mjs";

const AXE = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };

export const given = JSON.parse(process.argv[2]);
const tests = [];

/** Tests are run three at a time, but one that changes the provider (`alone`). */
export function test(name, run, { alone = false } = {}) {
  tests.push({ name, run, alone });
}

export async function runTests() {
  const browser = await launch(
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
  );
  const results = {};
  try {
    const together = tests.filter((one) => !one.alone);
    await Promise.all([together, together, together].map((waiting) => runThese(browser, waiting, results)));
    await runThese(browser, tests.filter((one) => one.alone), results);
  } finally {
    await browser.close();
  }
  console.log(JSON.stringify(results));
}

/** Run tests until none waits, all in one context: so the files of the page are fetched once. */
async function runThese(browser, waiting, results) {
  const context = await browser.newContext({ viewport: DESK, colorScheme: "light" });
  context.setDefaultTimeout(60_000);
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) =>
      window.brokenPolicy(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
    );
  });
  for (let one = waiting.shift(); one; one = waiting.shift()) await runOne(context, one, results);
  await context.close();
}

async function runOne(context, { name, run }, results) {
  const began = Date.now();
  const wrong = [];
  const page = await context.newPage();
  await page.exposeFunction("brokenPolicy", (text) => wrong.push(`policy: ${text}`));
  page.on("pageerror", (error) => wrong.push(`script: ${error.stack}`));
  try {
    await run(page, context);
    results[name] = wrong.length ? wrong.join("\n") : null;
  } catch (error) {
    const seen = await page.evaluate(() => document.body?.innerText).catch(() => "");
    results[name] = [error.stack, ...wrong, `The page says:\n${seen.slice(0, 1500)}`].join("\n");
  }
  await Promise.all(context.pages().map((each) => each.close()));
  if (process.env.TIMES) console.error(`${((Date.now() - began) / 1000).toFixed(1)} s ${name}`);
}

/** What axe-core finds, in light and dark, at a desk and on a phone, and what is too wide. */
export async function accessible(page, what) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const size of [DESK, PHONE]) {
      await page.setViewportSize(size);
      await page.evaluate(AXE); // by the debugger, whom no policy binds
      const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`);
      assert.deepEqual(told, [], `${what}, ${colorScheme}, ${size.width}`);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${what} is ${over} pixels wider than ${size.width}`);
    }
  }
  await page.setViewportSize(DESK);
}

/** Ask the world outside the browser for something; see tests/worlds/page.py. */
export const control = (asked) => fetch(given.control, { method: "POST", body: JSON.stringify(asked) });

/** Wait until `what` returns something true, and return that. */
export async function until(what, why, seconds = 60) {
  const ends = Date.now() + seconds * 1000;
  for (;;) {
    const found = await what();
    if (found) return found;
    assert.ok(Date.now() < ends, `not within ${seconds} s: ${why}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
