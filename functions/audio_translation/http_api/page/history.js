// This key's jobs, newest first.

import { button, h, problem } from "./dom.js";
import { day } from "./units.js";

/** Show the jobs; returns what stops that. */
export function start(section, { api, texts, settings, announce }) {
  const said = texts.history;
  const stopping = new AbortController();
  const { signal } = stopping;
  const rows = h("ul", { class: "jobs" });
  const more = button(said.more, () => load(cursor), { hidden: true });
  const refresh = button(said.refresh, again);
  const note = h("p", { class: "soft" });
  const trouble = h("div");
  let cursor = null;
  section.replaceChildren(
    h("h1", {}, said.title),
    h("p", { class: "soft" }, said.intro),
    h("div", { class: "buttons" }, refresh),
    trouble,
    note,
    rows,
    h("div", { class: "buttons" }, more),
  );
  load();
  return () => stopping.abort();

  function again() {
    rows.replaceChildren();
    load();
  }

  async function load(from) {
    note.textContent = said.loading;
    trouble.replaceChildren();
    try {
      const query = from ? `?cursor=${encodeURIComponent(from)}` : "";
      const page = await api.json("GET", `jobs${query}`, { signal });
      const first = rows.children.length;
      rows.append(...page.jobs.map(row));
      cursor = page.cursor;
      more.hidden = !cursor;
      note.textContent = rows.children.length ? "" : said.none;
      if (from) rows.children[first]?.querySelector("a").focus();
    } catch (error) {
      if (error.name === "AbortError") return;
      note.textContent = "";
      trouble.replaceChildren(problem(error));
    }
  }

  function row(job) {
    const name = job.fileName || texts.job.unnamed;
    const remove = h(
      "button",
      { type: "button", class: "plain small", "aria-label": said.removeOf(name), click: () => discard(job, name, line) },
      said.remove,
    );
    const told = [said.status[job.status], settings.languageName(job.targetLanguage), day(job.created)];
    const line = h(
      "li",
      {},
      h("a", { href: `#job/${job.id}` }, h("bdi", {}, name)),
      h("span", { class: `state ${job.status}` }, told[0]),
      h("span", { class: "soft" }, told.slice(1).join(" · ")),
      remove,
    );
    return line;
  }

  async function discard(job, name, line) {
    if (!confirm(said.sure(name))) return;
    try {
      await api.call("DELETE", `jobs/${job.id}`);
      const near = line.nextElementSibling || line.previousElementSibling;
      line.remove();
      announce(said.removed(name));
      (near?.querySelector("button") || refresh).focus();
      if (!near) note.textContent = said.none;
    } catch (error) {
      trouble.replaceChildren(problem(error));
    }
  }
}
