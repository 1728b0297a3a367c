// Opens a page and prints as JSON what its `seen` becomes.
//
//     node run.mjs URL

import { launch } from "./browser.mjs";

const [url] = process.argv.slice(2);
const browser = await launch();
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  page.on("pageerror", (error) => console.error(error));
  await page.goto(url);
  const seen = await page.waitForFunction(() => window.seen);
  console.log(JSON.stringify(await seen.jsonValue()));
} finally {
  await browser.close();
}
