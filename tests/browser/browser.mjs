// Chromium without a window: CHROMIUM if that is set, else as `make .venv-browser/.done` unpacked
// it, which needs no root, no display, and no browser of the machine. It ends with whoever started it.

import { chromium } from "playwright-core";

const folder = new URL("../../.venv-browser/", import.meta.url).pathname;
const unpacked = `${folder}chromium`;

export function launch(...args) {
  const executablePath = process.env.CHROMIUM || unpacked;
  const ours = { HOME: folder, FONTCONFIG_PATH: `${folder}fonts`, LD_LIBRARY_PATH: `${folder}al2023/lib` };
  return chromium.launch({
    executablePath,
    chromiumSandbox: false, // a container's root may not have one
    args,
    env: executablePath === unpacked ? ours : process.env,
    timeout: 30_000,
  });
}
