// Live captions: what is said into the microphone, a second later in another language.

import { h, show } from "./dom.js";
import { begin } from "./live-session.js";
import { setup } from "./live-setup.js";
import { Stage } from "./live-stage.js";
import { openStore } from "./live-store.js";
import { live as words } from "./live-texts.js";

/** Fill the section with a form, or what #live/ID names, or #live/ID/projector; two IDs have a comma. */
export async function start(section, { api, settings }) {
  document.head.append(h("link", { rel: "stylesheet", href: new URL("live.css", import.meta.url) }));
  const address = () => location.hash.split("/");
  const [, ids, window] = address();
  if (window) {
    const { project } = await import("./projector.js");
    return project(section, { api, settings, ids: ids.split(",") });
  }
  const content = h("div");
  section.append(content);
  const store = await openStore();
  let stage = null;
  addEventListener("hashchange", () => {
    const [tab, wanted] = address();
    if (tab !== "#live") return;
    if (stage) name(stage.ids);
    else if (wanted) resume(wanted);
  });
  await (ids ? resume(ids) : ask());

  async function ask(...notes) {
    stage = null;
    name("");
    show(content, ...notes, h("p", {}, words.intro), await unended(), setup(settings, started));
  }

  async function started(sides, device) {
    const next = new Stage({ api, settings, store, again: ask });
    await next.openMicrophone(device);
    try {
      const now = Date.now();
      const records = await Promise.all(sides.map((fields, side) => begin(api, fields, side)));
      const group = records.map((record) => record.id);
      for (const record of records) await store.putSession(Object.assign(record, { group, started: now }));
      await enter(next, records);
    } catch (error) {
      await next.closeMicrophone();
      throw error;
    }
  }

  async function resume(wanted) {
    const kept = await store.sessions();
    const records = wanted.split(",").map((id) => kept.find((one) => one.id === id));
    const next = new Stage({ api, settings, store, again: ask });
    if (records.every(Boolean) && (await enter(next, records))) return;
    const watch = h("a", { href: `#live/${wanted}/projector`, target: "_blank" }, words.watch);
    await ask(h("p", { role: "alert" }, words.elsewhere, " ", watch));
  }

  async function enter(next, records) {
    if (!(await next.enter(records))) return false;
    stage = next;
    name(stage.ids);
    show(content, stage.element);
    return true;
  }

  function name(ids) {
    if (address()[0] === "#live") history.replaceState(null, "", ids ? `#live/${ids}` : "#live");
  }

  /** Links to what this browser keeps and nobody has ended. */
  async function unended() {
    const kept = (await store.sessions()).filter((one) => one.group[0] === one.id);
    const links = kept.map(({ group, started: at }) =>
      h("li", {}, h("a", { href: `#live/${group}` }, words.from(new Date(at).toLocaleString()))),
    );
    return links.length ? h("div", { class: "panel" }, h("h2", {}, words.unended), h("ul", {}, links)) : null;
  }
}
