// The page at /, used as people use it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { accessible, control, given, runTests, test, until } from "./suite.mjs";

const LINE = ".lines button.line";
const file = (name) => `${given.folder}/${name}`;
const texts = (page, selector) => page.locator(selector).allTextContents();
const words = (page) => texts(page, `${LINE} .words`);
const api = async (path) => (await fetch(new URL(path, given.url))).text();

async function translate(page, name = "three.wav", fields = {}, url = given.url) {
  await page.goto(`${url}/#translate`);
  await page.setInputFiles("#translate input[type=file]", file(name));
  if (Object.keys(fields).length && !(await page.locator("#translate details[open]").count()))
    await page.click("#translate summary");
  for (const [label, value] of Object.entries(fields)) {
    const control = page.locator("#translate").getByLabel(label, { exact: true });
    if (value === true) await control.check();
    else if (await control.evaluate((element) => element.tagName === "SELECT")) await control.selectOption(value);
    else await control.fill(value);
  }
  await page.click("#translate button[type=submit]");
}

async function translated(page, name, fields) {
  await translate(page, name, fields);
  await page.waitForSelector(LINE);
  return new URL(page.url()).hash.slice("#job/".length);
}

/** Open a job that has ended, as a link to it does; tests that only look at it share one. */
async function openJob(page, fields = {}) {
  const id = await (made[JSON.stringify(fields)] ||= makeJob(fields));
  await page.goto(`${given.url}/#job/${id}`);
  await page.waitForSelector(LINE);
  return id;
}

const made = {};

async function makeJob(fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([readFileSync(file("three.wav"))]), "three.wav");
  const headers = { Prefer: "respond-async" };
  const answer = await fetch(`${given.url}/translate`, { method: "POST", body: form, headers });
  const { id } = await answer.json();
  const state = async () => JSON.parse(await api(`jobs/${id}`)).status;
  await until(async () => (await state()) === "succeeded", "the job has ended");
  return id;
}

test("a large file goes to the bucket, and its bytes are counted", async (page, context) => {
  const cdp = await context.newCDPSession(page);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 4e6 };
  await cdp.send("Network.emulateNetworkConditions", slow);
  const puts = [];
  page.on("request", (request) => request.method() === "PUT" && puts.push(new URL(request.url())));
  await page.addInitScript(() => {
    window.seen = [];
    new MutationObserver(() => {
      const bar = document.querySelector("#job progress");
      if (bar) window.seen.push([bar.value, document.querySelector("#job .detail").textContent]);
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  await translate(page, "long.wav");
  await page.waitForSelector(LINE);
  const parts = await page.evaluate(() => window.seen.filter(([value, told]) => /MB of 4.8 MB/.test(told) && value > 0 && value < 1));
  assert.ok(parts.length >= 2, JSON.stringify(parts));
  assert.equal(puts.length, 1);
  assert.notEqual(puts[0].origin, new URL(given.url).origin);
  assert.equal((await words(page)).length, 60);
});

test("a small file goes into the request itself", async (page) => {
  const posts = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(new URL(request.url()).pathname));
  await translated(page);
  assert.deepEqual(await words(page), [0, 1, 2].map((n) => `This is sentence ${n}.`));
  assert.deepEqual(posts, ["/translate"]);
  assert.match(await page.textContent(".facts"), /whisper-1.*English.*about \$0\.000\d+.*nothing/);
});

test("an address becomes a translation that plays from there", async (page) => {
  await page.goto(given.url);
  await page.getByLabel("Or the address of a recording").fill(given.audio);
  await page.click("#translate button[type=submit]");
  await page.waitForSelector(LINE);
  assert.equal(await page.textContent("h1:visible"), "talk.wav");
  const seconds = () => page.evaluate(() => document.querySelector("video").duration);
  assert.ok((await until(seconds, "it has a length")) > 8);
  await page.reload();
  await page.waitForSelector(LINE);
  assert.ok((await until(seconds, "after a reload, too")) > 8);
});

test("subtitles run in step with the sound, and a click on a line plays it", async (page) => {
  const id = await openJob(page);
  await page.setInputFiles("#job input[type=file]", file("three.wav"));
  await until(() => page.evaluate(() => document.querySelector("video")?.readyState >= 2), "it can be played");
  const vtt = await api(`jobs/${id}/translation?format=vtt`);
  const cues = [...vtt.matchAll(/00:(\d\d\.\d+) --> 00:00:(\d\d\.\d+)\n(.+)/g)].map(([, start, end, text]) => [Number(start), Number(end), text]);
  assert.equal(cues.length, 3);
  const shown = await page.evaluate(() => new Promise((resolve) => {
    const video = document.querySelector("video");
    const seen = [];
    (function look() {
      seen.push([video.currentTime, document.querySelector(".cue").textContent]);
      if (video.currentTime > 6.2) resolve(seen);
      else requestAnimationFrame(look);
    })();
    video.play();
  }));
  for (const [start, end, text] of cues.slice(0, 2)) {
    const times = shown.filter(([, told]) => told === text).map(([at]) => at);
    assert.ok(Math.abs(times[0] - start) <= 0.2, `${text} came at ${times[0]}, not ${start}`);
    assert.ok(Math.abs(times.at(-1) - end) <= 0.2, `${text} went at ${times.at(-1)}, not ${end}`);
  }
  await page.locator(LINE).nth(1).click();
  const at = await page.evaluate(() => document.querySelector("video").currentTime);
  assert.ok(Math.abs(at - cues[1][0]) <= 0.3, `${at}`);
  assert.equal(await page.evaluate(() => document.querySelector("video").paused), false);
  assert.match(await page.textContent(".lines [aria-current]"), /sentence 1/);
  const track = await page.evaluate(() => document.querySelector("video").textTracks[0].cues.length);
  assert.equal(track, 3);
});

test("a film is shown with its subtitles below, and over it where it fills the screen", async (page) => {
  await translated(page, "film.webm");
  const video = page.locator("video");
  assert.ok(await until(() => video.evaluate((element) => element.videoWidth === 320), "it has a picture"));
  assert.equal(await video.evaluate((element) => element.classList.contains("sound")), false);
  const mode = () => video.evaluate((element) => element.textTracks[0].mode);
  assert.equal(await mode(), "hidden");
  await video.evaluate((element) => element.addEventListener("click", () => element.requestFullscreen(), { once: true }));
  await video.click({ position: { x: 10, y: 10 } });
  await until(async () => (await mode()) === "showing", "the browser shows them");
});

test("style, line length and format change what is shown, and every format is downloaded", async (page) => {
  const id = await openJob(page);
  const files = page.locator("#job .panel", { hasText: "Formats" });
  await files.getByLabel("Show the file").selectOption("srt");
  const preview = files.locator("pre");
  await until(async () => (await preview.textContent()).startsWith("1\n00:00:01"), "the file is shown");
  await files.getByLabel("Subtitle style").selectOption("social");
  await files.getByLabel("Line length").fill("10");
  await files.getByLabel("Line length").blur();
  const narrow = await until(async () => {
    const lines = (await preview.textContent()).split("\n").filter((line) => /[a-z]/.test(line));
    return lines.length > 1 && lines.every((line) => line.length <= 10) && lines;
  }, "lines are short");
  assert.ok(narrow.length > 3);
  const names = await files.locator(".buttons button").allTextContents();
  assert.equal(names.length, 9);
  const formats = ["srt", "vtt", "text", "json", "verbose_json", "ttml", "ass", "csv", "html"];
  for (const [number, name] of names.entries()) {
    const [download] = await Promise.all([page.waitForEvent("download"), files.getByRole("button", { name, exact: true }).click()]);
    const query = `format=${formats[number]}&style=social&maxLineLength=10`;
    assert.equal(readFileSync(await download.path(), "utf8"), await api(`jobs/${id}/translation?${query}`), name);
    assert.match(download.suggestedFilename(), /^three\.(srt|vtt|txt|json|verbose\.json|ttml|ass|csv|html)$/);
  }
});

test("what was said is shown beside the translation, corrected and translated again", async (page) => {
  await translated(page, "three.wav", { "Show what was said beside the translation": true });
  const before = await words(page);
  assert.match(before[1], /^Esta es la frase 1\..+/);
  await page.getByLabel("Show", { exact: true }).selectOption("source");
  assert.equal((await words(page))[1], "Esta es la frase 1.");
  assert.equal(await page.locator(`${LINE} [lang=es]`).count(), 3);
  await page.getByLabel("Show", { exact: true }).selectOption("both");
  await page.getByRole("button", { name: "Correct what was said at 0:03" }).click();
  const area = page.getByRole("textbox", { name: "What was said" });
  assert.ok(await area.evaluate((element) => element === document.activeElement));
  await area.fill("Otra cosa.");
  await page.getByRole("button", { name: "Translate again" }).click();
  await until(async () => (await words(page))[1].startsWith("Otra cosa."), "the line is another one");
  const after = await words(page);
  assert.notEqual(after[1], before[1]);
  assert.deepEqual([after[0], after[2]], [before[0], before[2]]);
  await until(() => page.evaluate(() => document.activeElement.getAttribute("aria-label") === "Correct what was said at 0:03"), "the focus is back");
});

test("history lists this key's jobs, opens and deletes them, and links survive a reload", async (page) => {
  const id = await translated(page);
  await page.getByRole("link", { name: "History" }).click();
  const row = page.locator(".jobs li", { has: page.locator(`a[href="#job/${id}"]`) });
  await row.waitFor();
  assert.match(await row.textContent(), /three\.wav.*done.*English/);
  await row.getByRole("link").click();
  await page.waitForSelector(LINE);
  await page.reload();
  await page.waitForSelector(LINE);
  assert.equal(await page.title(), "three.wav – Audio translation");
  await page.getByText("Choose the recording to hear it with its subtitles").waitFor();
  await page.setInputFiles("#job input[type=file]", file("three.wav"));
  await until(() => page.evaluate(() => document.querySelector("video")?.duration > 8), "it can be heard");
  await page.goto(`${given.url}/#history`);
  page.once("dialog", (dialog) => dialog.accept());
  await row.getByRole("button", { name: "Delete three.wav" }).click();
  await until(async () => (await row.count()) === 0, "it is gone");
  await page.goto(`${given.url}/#job/${id}`);
  await page.getByText("There is no such job of yours").waitFor();
});

test("a key is asked for once, and kept for the tab only", async (page, context) => {
  await page.goto(given.keyed);
  const key = page.getByRole("textbox", { name: "API key" });
  await key.waitFor();
  assert.equal(await page.getByText("Send a valid key").count(), 0);
  await key.fill("wrong");
  await page.getByRole("button", { name: "Use this key" }).click();
  await until(async () => (await key.isVisible()) && (await key.inputValue()) === "", "it asks again");
  await page.getByText("Send a valid key of this API").waitFor();
  await accessible(page, "the question for a key");
  await key.fill(given.key);
  await key.press("Enter");
  await page.waitForSelector("dialog", { state: "detached" });
  await translate(page, "three.wav", {}, given.keyed);
  await page.waitForSelector(LINE);
  await page.reload();
  await page.waitForSelector(LINE);
  assert.equal(await page.locator("dialog").count(), 0);
  const kept = await page.evaluate(() => JSON.stringify(localStorage) + document.cookie + location.href);
  assert.ok(!kept.includes(given.key));
  const other = await context.newPage();
  await other.goto(given.keyed);
  await other.waitForSelector("dialog");
  await page.getByRole("button", { name: "Forget the API key" }).click();
  await page.reload();
  await page.waitForSelector("dialog");
});

test("errors are told in the service's words", async (page) => {
  await page.goto(given.url);
  await page.click("#translate button[type=submit]");
  await page.getByRole("alert").getByText("Choose a file, record something, or give an address.").waitFor();
  await page.getByLabel("Or the address of a recording").fill("ftp://example.com/a.mp3");
  await page.click("#translate button[type=submit]");
  await page.getByText("url_not_allowed").waitFor();
  await accessible(page, "an error");
  await page.getByLabel("Or the address of a recording").fill("");
  await translate(page, "text.mp3");
  await page.getByText("unsupported_audio").waitFor();
  assert.match(await page.textContent("#job [role=alert]"), /audio/);
});

test("a name that is markup is shown as text", async (page) => {
  await translated(page, `${given.hostile}.wav`);
  assert.equal(await page.textContent("#job h1"), `${given.hostile}.wav`);
  await page.goto(`${given.url}/#history`);
  await page.locator(".jobs").getByText(`${given.hostile}.wav`).first().waitFor();
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
});

test("what the microphone hears is recorded and translated", async (page) => {
  await page.goto(given.url);
  await page.getByRole("button", { name: "Record" }).click();
  await page.getByRole("button", { name: /Stop recording \(0:01\)/ }).click();
  await page.locator("#translate").getByText(/Recorded 0:0\d: recording-/).waitFor();
  await page.click("#translate button[type=submit]");
  await page.waitForSelector("#job .facts dd");
  assert.match(await page.textContent("#job h1"), /^recording-.+\.webm$/);
});

test("practice shows each word with a mark and in words", async (page) => {
  const answer = {
    words: [
      { word: "Guten", verdict: "heard", heard: "guten", start: 1, end: 1.4 },
      { word: "Tag", verdict: "different", heard: "<b>Tak", start: 1.5, end: 1.9 },
      { word: "liebe", verdict: "missing" },
      { word: "Hunde", verdict: "extra", start: 2, end: 2.3 },
    ],
    wordsPerMinute: 92.4, pauses: [{ start: 3.2, end: 4.4 }], completeness: 0.5,
    understood: "Good day", heardText: "Guten Tak Hunde", language: "de", model: "gpt-transcribe", warnings: [],
  };
  let asked = "";
  await page.route("**/practice", (route) => {
    asked = route.request().postData();
    return route.fulfill({ json: answer });
  });
  await page.goto(`${given.url}/#practice`);
  await page.getByText("not how good the sounds are").waitFor();
  await page.click("#practice button[type=submit]");
  await page.getByText("Say the text aloud or choose a file").waitFor();
  await page.getByLabel("Language").selectOption("de");
  await page.getByLabel("The text that you say").fill("Guten Tag liebe");
  await page.setInputFiles("#practice input[type=file]", file("three.wav"));
  await page.click("#practice button[type=submit]");
  await page.waitForSelector(".words-said li");
  for (const part of ['name="expectedText"\r\n\r\nGuten Tag liebe', 'name="language"\r\n\r\nde', 'name="file"'])
    assert.ok(asked.includes(part), part);
  const told = await texts(page, ".words-said li");
  assert.match(told.join("|"), /^Guten0:01\|Tag0:01heard: <b>Tak\|liebenot heard\|Hunde0:02not in the text$/);
  assert.match(await page.textContent("#practice .facts"), /50 %.*92 words a minute.*at 0:03: 1\.2 s.*Good day/);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Result");
  await accessible(page, "practice");
});

test("the whole page works by keyboard", async (page) => {
  await page.goto(given.url);
  await page.waitForSelector("h1");
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.id);
  const seen = [];
  for (let presses = 0; presses < 14; presses++) {
    await page.keyboard.press("Tab");
    seen.push(await focused());
  }
  assert.deepEqual(seen.slice(0, 5), ["Skip to the content", "Translate", "History", "Live captions", "Practice"]);
  for (const name of ["Record", "More options", "Translate"]) assert.ok(seen.includes(name), seen.join());
  await page.getByRole("link", { name: "Practice" }).focus();
  await page.keyboard.press("Enter");
  await until(() => page.evaluate(() => document.activeElement.id === "practice"), "the section has the focus");
});

test("axe-core finds nothing, in light and dark, at a desk and on a phone", async (page) => {
  await page.goto(given.url);
  await page.click("#translate summary");
  await accessible(page, "the form");
  await openJob(page, { include: "source" });
  await page.getByRole("button", { name: "Correct what was said at 0:01" }).click();
  await page.getByLabel("Show the file").selectOption("vtt");
  await accessible(page, "a result");
  await page.goto(`${given.url}/#history`);
  await page.waitForSelector(".jobs li");
  await accessible(page, "the history");
});

test("a job shows how far it is, goes on after a reload, and can be cancelled", async (page) => {
  await control({ hold: 59 });
  try {
    await translate(page, "long.wav");
    const detail = page.locator("#job .detail");
    await until(async () => /% · \d+ of \d+ parts · .+ of 2 min 31 s of sound · about .+ left/.test(await detail.textContent()), "it tells how far it is");
    await accessible(page, "progress");
    const before = page.url();
    await page.reload();
    await until(async () => (await detail.count()) && /parts/.test(await detail.textContent()), "it goes on");
    assert.equal(page.url(), before);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled.").first().waitFor();
    await page.getByRole("link", { name: "Translate something else" }).waitFor();
    await page.goto(`${given.url}/#history`);
    assert.match(await page.locator(".jobs li").first().textContent(), /long\.wav.*cancelled/);
  } finally {
    await control({ release: true });
  }
}, { alone: true });

test("words that are markup are shown as text", async (page) => {
  await control({ say: given.hostile });
  await translated(page);
  assert.ok((await words(page))[0].includes(given.hostile));
  await page.locator(LINE).first().click();
  await until(async () => (await page.textContent(".cue")).includes("onerror"), "the subtitle is there");
  await page.getByLabel("Show the file").selectOption("html");
  await until(async () => (await page.textContent("pre")).includes("&lt;img"), "the file is there");
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
}, { alone: true });

await runTests();
