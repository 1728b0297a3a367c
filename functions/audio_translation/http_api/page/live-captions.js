// The captions on the page: one row for each utterance, in the order in which they were said.
// What a row says stays. One that waits has "…"; a gap may get its text later, under it.

import { h } from "./dom.js";
import { GAP } from "./live-queue.js";

/** Attributes of text in a language. */
export function written(code) {
  const rtl = /^(ar|ckb|dv|fa|he|ks|ps|sd|ug|ur|yi)\b/.test(code);
  return { lang: code ?? null, dir: code ? (rtl ? "rtl" : "ltr") : "auto" };
}

/** Milliseconds, less than a day, as 1:02 or 01:00:02. */
export const clock = (milliseconds) => new Date(milliseconds).toISOString().slice(11, 19).replace(/^00:0?/, "");

export class Captions {
  constructor(label, sides) {
    this.element = h("div", {
      class: `live-log${sides ? " live-sides" : ""}`,
      role: "log",
      "aria-live": "polite",
      "aria-label": label,
      tabindex: "0",
    });
    this._rows = new Map();
  }

  pending(row) {
    this._at(row);
  }

  text(row) {
    const { text } = this._at(row, true);
    if (text.querySelector(".live-text")) return;
    if (row.source) text.append(h("p", { class: "live-said", ...written(row.spoken) }, row.source));
    text.append(h("p", { class: "live-text", ...written(row.language) }, row.text));
    this.follow();
  }

  gap(row) {
    const { text } = this._at(row, true);
    if (!text.firstChild) text.append(h("p", { class: "live-gap" }, GAP));
    this.follow();
  }

  /** Nobody said anything. */
  silent(row) {
    const { element, text } = this._at(row, true);
    if (text.firstChild) return;
    element.remove();
    this._rows.delete(row.key);
  }

  /** Keep the latest row in sight of whoever has not scrolled back. */
  follow() {
    if (this._follows) this.element.scrollTop = this.element.scrollHeight;
  }

  _at({ key, start, side }, answered = false) {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    this._follows = scrollTop + clientHeight > scrollHeight - 60;
    if (!this._rows.has(key)) this._rows.set(key, this._made(key, start, side));
    const row = this._rows.get(key);
    if (answered) row.waits.remove();
    this.follow();
    return row;
  }

  _made(key, start, side) {
    const waits = h("p", { class: "live-pending", "aria-hidden": "true" }, "…");
    const text = h("div");
    const words = h("div", { class: "live-words" }, waits, text);
    const attributes = { class: `live-row live-side-${side}`, "data-key": key };
    const element = h("div", attributes, h("time", {}, clock(start)), words);
    const after = [...this._rows.values()].filter((one) => one.start > start);
    after.sort((one, other) => one.start - other.start);
    this.element.insertBefore(element, after[0]?.element ?? null);
    return { element, text, waits, start };
  }
}

/** Keep the screen on until the function that is returned is called. */
export function stayAwake() {
  let lock = null;
  let on = true;
  async function ask() {
    if (document.visibilityState === "visible") lock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (!on) lock?.release();
  }
  // A hidden page loses it.
  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    on = false;
    document.removeEventListener("visibilitychange", ask);
    lock?.release();
  };
}
