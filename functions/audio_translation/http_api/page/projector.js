// Captions for a projector: the last two, as large as they fit, from the page that listens or,
// opened by itself, from the API.

import { h } from "./dom.js";
import { stayAwake, written } from "./live-captions.js";
import { GAP } from "./live-queue.js";
import { live as words } from "./live-texts.js";

const LINES = 2;
// Milliseconds between two looks where no page tells anything.
const LOOK = 2000;
// Hundredths of the window's width, for one letter's height.
const SIZE = 6;

/** Show the sessions of these ids over everything else. */
export function project(section, { api, settings, ids }) {
  const rows = new Map();
  const text = h("div", { class: "projector-text", role: "log", "aria-label": words.log });
  const note = h("p", {}, words.waiting);
  const button = (label, click) => h("button", { type: "button", click }, label);
  const tools = [button("A −", () => resize(-1)), button("A +", () => resize(1)), button(words.fill, fill)];
  const screen = h("div", { class: "projector" }, text, note, h("div", { class: "buttons" }, tools, words.keys));
  let size = settings.get("projector.size", SIZE);
  let told = false;
  for (const other of document.body.children) other.inert = !other.contains(section);
  section.append(screen);
  stayAwake();
  fit();
  addEventListener("resize", fit);
  addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
    const act = { "+": () => resize(1), "=": () => resize(1), "-": () => resize(-1), 0: () => resize(0), f: fill };
    if (!ctrlKey && !metaKey) act[key]?.();
  });
  const channel = new BroadcastChannel(`live ${ids}`);
  channel.onmessage = ({ data: row }) => {
    // Another projector asks.
    if (!row) return;
    told = true;
    take(row);
  };
  channel.postMessage(null);
  setTimeout(look, 300);
  setInterval(look, LOOK);

  /** Ask the API, unless a page of this browser tells it all. */
  async function look() {
    for (const id of told ? [] : ids) {
      try {
        const { utterances, targetLanguage: language } = await api.json("GET", `live/${id}?format=json`);
        const last = utterances.filter((one) => one.text).slice(-LINES);
        for (const one of last) take({ ...one, language, key: `${id}/${one.seq}`, start: 1000 * one.start });
      } catch (error) {
        note.textContent = error.message;
      }
    }
  }

  function take(row) {
    if (rows.get(row.key)?.failed === row.failed) return;
    rows.set(row.key, row);
    const last = [...rows.values()].sort((one, other) => one.start - other.start).slice(-LINES);
    const shown = new Map([...text.children].map((line) => [line.dataset.key, line]));
    const lines = last.map(({ key, failed, language, text: said }) =>
      key !== row.key && shown.has(key)
        ? shown.get(key)
        : h("p", { "data-key": key, ...written(language) }, failed ? GAP : said),
    );
    for (const line of shown.values()) if (!lines.includes(line)) line.remove();
    lines.forEach((line, at) => line === text.children[at] || text.insertBefore(line, text.children[at] ?? null));
    note.hidden = true;
    fit();
  }

  /** Both lines where they fit, else the last one, smaller if it must be. */
  function fit() {
    const over = () => text.scrollHeight > text.clientHeight + 1;
    for (const line of text.children) line.hidden = false;
    text.style.fontSize = `${size}vw`;
    if (over() && text.children[1]) text.children[0].hidden = true;
    for (let smaller = size; over() && smaller > 1; smaller *= 0.93) text.style.fontSize = `${smaller}vw`;
  }

  function resize(step) {
    size = step ? Math.min(20, Math.max(2, size + step)) : SIZE;
    settings.set("projector.size", size);
    fit();
  }

  function fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else screen.requestFullscreen();
  }
}
