// The text line by line: click one to hear it, correct what was said and have it translated again.

import { button, h, problem, show, spoken } from "./dom.js";
import { clock } from "./units.js";

/** A list: `element`, `fill(segments, view)`, `mark(seconds)`. `play(seconds)` plays from there. */
export function makeLines(ours, job, { play, changed }) {
  const { api, texts, announce } = ours;
  const said = texts.lines;
  const list = h("ol", { class: "lines", tabindex: -1 });
  const element = h("div", { class: "panel" }, h("h2", {}, said.title), list);
  let segments = [];
  let rows = [];
  let marked = -1;
  let view = "text";

  function fill(given, shown) {
    segments = given;
    view = shown;
    marked = -1;
    rows = segments.map(row);
    list.replaceChildren(...rows);
    if (!rows.length) list.replaceChildren(h("li", { class: "soft" }, texts.job.noLines));
  }

  function row(segment, number) {
    const time = clock(segment.start);
    const who = segment.speaker || segment.channel;
    const texted = [];
    if (view !== "text" && segment.source) texted.push(spoken(segment.source, segment.from, { class: "said" }));
    if (view !== "source" || !segment.source) texted.push(spoken(segment.text.trim(), segment.to));
    const line = h("li", {});
    const hear = h(
      "button",
      { type: "button", class: "line", click: () => play(segment.start) },
      h("span", { class: "time" }, time),
      h("span", { class: "words" }, who ? h("bdi", { class: "who" }, who) : null, ...texted),
    );
    const correct =
      segment.source && segment.id !== undefined && job.status === "succeeded"
        ? h(
            "button",
            { type: "button", class: "plain small", "aria-label": said.correctOf(time), click: () => edit(line, segment, number) },
            said.correct,
          )
        : null;
    const mark = segment.untranslated ? h("span", { class: "mark" }, said.untranslated) : null;
    show(line, hear, mark, correct);
    return line;
  }

  function edit(line, segment, number) {
    const area = h("textarea", { lang: segment.from, dir: "auto", "aria-label": said.said });
    area.value = segment.source;
    const trouble = h("div");
    const save = h("button", { type: "submit" }, said.again);
    const cancel = button(texts.cancel, () => back(number));
    const form = h("form", { class: "edit", submit }, area, h("div", { class: "buttons" }, save, cancel), trouble);
    line.append(form);
    form.addEventListener("keydown", (event) => event.key === "Escape" && back(number));
    area.focus();

    async function submit(event) {
      event.preventDefault();
      save.disabled = true;
      announce(said.working);
      try {
        const json = { segments: [{ id: segment.id, source: area.value }] };
        await api.json("PATCH", `jobs/${job.id}/segments`, { json });
        await changed();
        announce(said.changed);
        back(number);
      } catch (error) {
        save.disabled = false;
        trouble.replaceChildren(problem(error));
      }
    }
  }

  /** Show a line as it is, and put the focus where it was before. */
  function back(number) {
    const fresh = row(segments[number], number);
    rows[number].replaceWith(fresh);
    rows[number] = fresh;
    fresh.querySelector("button.small").focus();
  }

  /** Mark the line that is spoken at a time, and keep it in sight. */
  function mark(seconds) {
    const now = segments.findLastIndex((one) => one.start <= seconds && seconds < one.end);
    if (now === marked) return;
    rows[marked]?.removeAttribute("aria-current");
    marked = now;
    const line = rows[now];
    if (!line) return;
    line.setAttribute("aria-current", "true");
    const top = line.offsetTop - list.offsetTop;
    if (top < list.scrollTop || top + line.offsetHeight > list.scrollTop + list.clientHeight)
      list.scrollTop = top - list.clientHeight / 3;
  }

  return { element, fill, mark };
}
