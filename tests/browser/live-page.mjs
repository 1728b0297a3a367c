// Live captions in a browser whose microphone is a recording: prints as JSON what was seen.
//
//     node live-page.mjs '{"url": ..., "sound": WAV-FILE, "utterances": 5, "screenshots": FOLDER or ""}'

import { readFileSync } from "node:fs";

import { launch } from "./browser.mjs";

const AXE = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const { url, sound, utterances, screenshots } = JSON.parse(process.argv[2]);

/** Runs before the page: notes whatever changes of what was shown, and breaks of the policy. */
function watch() {
  window.changes = [];
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) => violations.push(event.blockedURI + event.violatedDirective));
  const shown = (node) => (node.querySelector?.(".live-text, .live-gap, .live-said") ? node.textContent : "");
  const matches = (node) => node.matches?.(".live-text, .live-gap, .live-said");
  new MutationObserver((all) => {
    for (const { type, target, removedNodes, addedNodes } of all) {
      const element = target.nodeType === 1 ? target : target.parentElement;
      if (!element?.closest("[role=log]")) continue;
      const inText = element.closest(".live-text, .live-gap, .live-said");
      if (type === "characterData" || (inText && addedNodes.length)) changes.push(element.textContent);
      for (const node of removedNodes) if (inText || matches(node) || shown(node)) changes.push(node.textContent);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

async function opened(browser, viewport = DESK, colorScheme = "light") {
  const context = await browser.newContext({ viewport, colorScheme, acceptDownloads: true });
  context.setDefaultTimeout(30_000);
  await context.addInitScript(watch);
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.goto(`${url}/#live`);
  return page;
}

const start = (page) => page.getByRole("button", { name: "Start", exact: true }).click();
const texts = (page) => page.locator(".live-text").allTextContents();

/** Wait for the text of so many utterances. */
const said = (page, count) => page.locator(".live-text").nth(count - 1).waitFor();

async function photographed(page, name) {
  if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
}

async function complaints(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html)}`);
}

/** End the session; return what the finished jobs say. */
async function finished(page) {
  await page.getByRole("button", { name: "End", exact: true }).click();
  const links = page.locator(".panel a[href^='#job/']");
  await links.first().waitFor();
  const ids = await links.evaluateAll((all) => all.map((one) => one.hash.slice(5)));
  const kept = await page.evaluate(async () => {
    const open = indexedDB.open("audio-translation-live");
    await new Promise((resolve) => (open.onsuccess = resolve));
    const all = open.result.transaction("utterances").objectStore("utterances").getAllKeys();
    return new Promise((resolve) => (all.onsuccess = () => resolve(all.result)));
  });
  return { ids, kept };
}

const seen = async (page) => ({
  rows: await page.locator(".live-row").evaluateAll((rows) =>
    rows.map((row) => ({
      time: row.querySelector("time").textContent,
      text: row.querySelector(".live-text")?.textContent ?? null,
      source: row.querySelector(".live-said")?.textContent ?? null,
      gap: Boolean(row.querySelector(".live-gap")),
      side: Number(row.className.at(-1)),
      direction: row.querySelector(".live-text")?.dir,
      languages: [...row.querySelectorAll("p")].map((one) => one.lang),
    })),
  ),
  changes: await page.evaluate(() => changes),
  violations: await page.evaluate(() => violations),
});

/** A provider that fails in the middle, a network that is cut, a projector, a download. */
async function captions(browser) {
  const page = await opened(browser);
  const found = { complaints: await complaints(page) };
  await photographed(page, "live-setup");
  await page.getByLabel("Show what was said").uncheck();
  await start(page);
  await page.locator(".live-row").first().waitFor();
  await page.context().setOffline(true);
  await page.getByText(/^No connection/).waitFor();
  await photographed(page, "live-offline");
  found.whileCut = await texts(page);
  await page.context().setOffline(false);
  await page.locator(".live-gap").waitFor();
  await photographed(page, "live-gap");
  const [projector] = await Promise.all([
    page.waitForEvent("popup"),
    page.getByRole("button", { name: "Open a window for a projector" }).click(),
  ]);
  await said(page, utterances);
  found.complaints.push(...(await complaints(page)));
  await photographed(page, "live-captions");
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "srt" }).click(),
  ]);
  found.srt = readFileSync(await saved.path(), "utf8");
  found.projector = await projector.locator("[role=log] p:visible").allTextContents();
  found.complaints.push(...(await complaints(projector)));
  const size = () => projector.locator("[role=log]").evaluate((one) => parseFloat(getComputedStyle(one).fontSize));
  found.sizes = [await size()];
  await projector.keyboard.press("-");
  found.sizes.push(await size());
  await projector.setViewportSize(DESK);
  await photographed(projector, "projector");
  await projector.reload();
  await projector.locator("[role=log] p").nth(1).waitFor();
  found.again = await projector.locator("[role=log] p:visible").allTextContents();
  Object.assign(found, await seen(page), await measures(page));
  const end = await finished(page);
  await photographed(page, "live-ended");
  return { ...found, ...end };
}

const measures = (page) =>
  page.evaluate(() => {
    const of = (name) => {
      const all = performance.getEntriesByName(name);
      return Object.fromEntries(all.map(({ detail, duration }) => [detail.split("/")[1], Math.round(duration)]));
    };
    return { cut: of("live cut"), text: of("live text") };
  });

/** A reload while an utterance has not been sent and another is being said. */
async function reloaded(browser) {
  const page = await opened(browser, PHONE, "dark");
  await page.getByLabel("Language of the captions").selectOption("de");
  // Nothing is sent but the first one.
  const first = (route) => (route.request().headers().seq === "0" ? route.continue() : route.abort());
  await page.context().route("**/utterances", first);
  await start(page);
  await said(page, 1);
  await page.locator(".live-pending").first().waitFor();
  const before = await texts(page);
  await page.context().unroute("**/utterances");
  await page.reload();
  await said(page, 2);
  const after = await texts(page);
  await page.getByRole("button", { name: "Go on" }).click();
  await said(page, after.length + 2);
  await photographed(page, "live-phone-dark");
  const found = { before, after, ...(await seen(page)), complaints: await complaints(page) };
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByText("These captions run in another tab").waitFor();
  await other.close();
  return { ...found, ...(await finished(page)) };
}

/** Two languages on two sides; the second one speaks after a key was pressed. */
async function conversation(browser) {
  const page = await opened(browser, PHONE);
  await page.getByLabel("What for").selectOption("conversation");
  await page.getByLabel("Language of the first side").selectOption("es");
  await page.getByLabel("Language of the second side").selectOption("ar");
  await photographed(page, "live-conversation-setup");
  await start(page);
  await page.locator(".live-row").first().waitFor();
  await page.keyboard.press("2");
  await page.locator("button[aria-pressed=true]", { hasText: "Arabic speaks" }).waitFor();
  await page.locator(".live-side-0 .live-text").first().waitFor();
  await page.locator(".live-side-1 .live-text").nth(1).waitFor();
  await photographed(page, "live-conversation-phone");
  const found = { ...(await seen(page)), complaints: await complaints(page) };
  await page.setViewportSize(DESK);
  await photographed(page, "live-conversation");
  return { ...found, ...(await finished(page)) };
}

/** A visitor who does not let the page use the microphone reads why nothing happens. */
async function refused(browser) {
  const page = await opened(browser);
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  await start(page);
  const alert = await page.getByRole("alert").textContent();
  await photographed(page, "live-refused");
  return { alert };
}

const browser = await launch(
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  `--use-file-for-fake-audio-capture=${sound}%noloop`,
  "--autoplay-policy=no-user-gesture-required",
);
try {
  const scenes = { captions, reloaded, conversation, refused };
  const results = await Promise.all(Object.values(scenes).map((scene) => scene(browser)));
  const names = Object.keys(scenes);
  console.log(JSON.stringify(Object.fromEntries(results.map((result, at) => [names[at], result]))));
} finally {
  await browser.close();
}
