// The page: its sections, which of them the address names, and the question for the API key.

import { makeApi } from "./api.js";
import { button, field, h, problem } from "./dom.js";
import * as history from "./history.js";
import * as job from "./job.js";
import { makeSettings } from "./settings.js";
import { texts } from "./texts.js";
import * as translate from "./translate.js";

const TABS = ["translate", "history", "live", "practice"];
const api = makeApi({ texts, askKey });
const settings = makeSettings();
const status = h("p", { class: "status", role: "status" });
const announce = (text) => (status.textContent = text);
const ours = { api, texts, settings, announce, open };

const links = new Map();
const sections = new Map();
const started = new Set();
let leave = null;

function build() {
  document.title = texts.title;
  for (const name of TABS) links.set(name, h("a", { href: `#${name}` }, texts.tabs[name]));
  for (const name of [...TABS, "job"])
    sections.set(name, h("section", { id: name, hidden: true, tabindex: -1 }));
  const skip = h("a", { class: "skip", href: "#main", click: skipped }, texts.skip);
  const main = h("main", { id: "main", tabindex: -1 }, ...sections.values());
  const forget = button(texts.footer.forget, forgetKey);
  document.body.replaceChildren(
    skip,
    h(
      "header",
      {},
      h("p", { class: "brand" }, texts.title),
      h("nav", { "aria-label": texts.sections }, h("ul", {}, ...[...links.values()].map((a) => h("li", {}, a)))),
    ),
    main,
    status,
    h("footer", {}, h("a", { href: "docs" }, texts.footer.docs), forget),
  );
  const showForget = () => (forget.hidden = !api.hasKey());
  showForget();
  addEventListener("keychange", showForget);

  function skipped(event) {
    event.preventDefault();
    main.focus();
  }
}

function forgetKey() {
  api.forgetKey();
  dispatchEvent(new Event("keychange"));
  announce(texts.forgotten);
  links.get("translate").focus();
}

/** Show what the address names: a tab, or #job/ID. `focus` where somebody went there. */
function route(focus) {
  const [name, id] = location.hash.slice(1).split("/");
  const shown = name === "job" && id ? "job" : TABS.includes(name) ? name : "translate";
  for (const [each, section] of sections) section.hidden = each !== shown;
  for (const [each, link] of links) {
    if (each === shown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  leave?.();
  leave = null;
  const section = sections.get(shown);
  if (shown === "job") leave = job.start(section, { ...ours, id: decodeURIComponent(id) });
  else if (shown === "history") leave = history.start(section, ours);
  else if (!started.has(shown)) {
    started.add(shown);
    starting(shown)(section, ours);
  }
  document.title = [section.querySelector("h1")?.textContent, texts.title].filter(Boolean).join(" – ");
  if (focus) section.focus({ preventScroll: true });
  scrollTo(0, 0);
}

const starting = (name) =>
  ({
    translate: translate.start,
    practice: (section) => later(section, "practice", () => import("./practice.js")),
    live: (section) => later(section, "live", () => import("./live.js")),
  })[name];

/** Start what few visitors need when they come to it: the first look is the faster for it. */
async function later(section, name, load) {
  section.append(h("h1", {}, texts[name].title));
  try {
    const { start } = await load();
    await start(section, ours);
  } catch (error) {
    started.delete(name);
    console.error(error);
    section.replaceChildren(h("h1", {}, texts[name].title), problem(new Error(texts.api.unreachable)));
  }
}

/** Go to `hash`; what is shown there may take over `files` that only this page has. */
function open(hash) {
  location.hash = hash;
}

/** Ask for the API key, telling what was wrong with the last one; null if there is none. */
function askKey(error) {
  const input = h("input", { type: "password", required: true, autocomplete: "off" });
  const given = new Promise((resolve) => {
    const form = h(
      "form",
      { method: "dialog", submit: () => resolve(input.value.trim() || null) },
      h("h2", { id: "key-title" }, texts.key.title),
      h("p", {}, texts.key.why),
      error ? problem(error) : null,
      field(texts.key.label, input),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "submit" }, texts.key.use),
        button(texts.cancel, () => dialog.close()),
      ),
    );
    const dialog = h("dialog", { "aria-labelledby": "key-title", close: gone }, form);
    document.body.append(dialog);
    dialog.showModal();
    input.focus();

    function gone() {
      dialog.remove();
      resolve(null);
      queueMicrotask(() => dispatchEvent(new Event("keychange")));
    }
  });
  return given;
}

build();
route(false);
addEventListener("hashchange", () => route(true));
