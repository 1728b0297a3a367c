// What came of a job: player, lines, formats, and what is to be said about it.

import { choice, facts, field, h, problem } from "./dom.js";
import { makeFiles } from "./files.js";
import { makeLines } from "./lines.js";
import { makePlayer } from "./player.js";
import { day, length } from "./units.js";
import { cuesOf } from "./vtt.js";

/** Fill `place` with the result of a job that succeeded, or failed with a part of its text. */
export async function showResult(place, ours, job) {
  const { api, texts, settings } = ours;
  const said = texts.player;
  const lines = makeLines(ours, job, { play: (at) => player.play(at), changed: () => load().then(files.preview) });
  const player = makePlayer(ours, job, lines.mark);
  const files = makeFiles(ours, job, load);
  const about = h("dl", { class: "facts" });
  const warnings = h("div");
  const view = choice(Object.entries(said.views), "text");
  const viewing = field(said.show, view);
  const trouble = h("div");
  let segments = [];
  let cues = [];
  let vtt = "";
  view.addEventListener("change", show);
  place.replaceChildren(
    trouble,
    warnings,
    h("div", { class: "result" }, h("div", {}, player.element, viewing), lines.element),
    files.element,
    h("div", { class: "panel" }, h("h2", {}, texts.facts.title), about),
  );
  await load(true);

  /** Fetch the text as it is now, in the style that is chosen. */
  async function load(first = false) {
    try {
      const [all, written] = await Promise.all([verbose(), files.fetched("vtt")]);
      vtt = written;
      cues = cuesOf(vtt);
      segments = all ? all.segments.map(known(all)) : cues.map(lineOf);
      const both = segments.some((one) => one.source);
      viewing.hidden = !both;
      if (first === true) view.value = both ? "both" : "text";
      show();
      tellAbout(all);
      trouble.replaceChildren();
    } catch (error) {
      trouble.replaceChildren(problem(error));
    }
  }

  /** Segments with their times; null where they are too many for one answer. */
  async function verbose() {
    try {
      return JSON.parse(await files.fetched("verbose_json"));
    } catch (error) {
      if (error.status === 413) return null;
      throw error;
    }
  }

  /** A segment with the languages of its texts, as far as they are known. */
  function known(all) {
    const main = job.languages[0]?.language;
    return (one) => {
      const from = settings.codeOf(one.spoken) || main;
      return { ...one, from, to: all.task === "transcribe" || one.untranslated ? from : job.targetLanguage };
    };
  }

  function lineOf({ start, end, voice, lines: rows }) {
    return { start, end, speaker: voice, text: rows.join(" "), to: job.targetLanguage };
  }

  function show() {
    lines.fill(segments, view.value);
    player.show(rowsAt, vtt);
  }

  /** What is on screen at a time: the cue with both texts, or one text of the segment. */
  function rowsAt(seconds) {
    const now = (one) => one.start <= seconds && seconds < one.end;
    const of = view.value;
    if (of === "source")
      return segments.filter(now).map((one) => ({ text: one.source || one.text, lang: one.from }));
    if (of === "both" || !segments.some((one) => one.source))
      return cues.filter(now).flatMap((cue) =>
        cue.lines.map((text, row) => ({
          text: cue.voice && !row ? `${cue.voice}: ${text}` : text,
          lang: of === "both" ? null : job.targetLanguage,
        })),
      );
    return segments.filter(now).map((one) => ({ text: one.text, lang: one.to }));
  }

  function tellAbout(all) {
    const said = texts.facts;
    const percent = (share) => Math.round(share * 100);
    const name = settings.languageName;
    const untranslated = segments.filter((one) => one.untranslated).length;
    const dollars = job.estimatedDollars;
    const told = [
      [said.model, job.model],
      [said.languages, job.languages.map((one) => said.share(name(one.language), percent(one.share))).join(", ")],
      [said.target, all?.task === "transcribe" ? "" : name(job.targetLanguage)],
      [said.duration, all ? length(all.duration) : ""],
      [said.price, typeof dollars === "number" ? said.priceHint(priced(dollars)) : ""],
      [said.untranslated, untranslated ? said.untranslatedCount(untranslated) : said.nothing],
      [said.created, day(job.created)],
      [said.id, job.id],
    ];
    about.replaceChildren(...facts(told));
    if (!job.warnings.length) return;
    const list = job.warnings.map((warning) => h("li", {}, warning));
    warnings.replaceChildren(h("h2", {}, said.warnings), h("ul", { class: "warnings" }, ...list));
  }
}

const priced = (dollars) => (dollars >= 1 ? dollars.toFixed(2) : Number(dollars.toPrecision(2)).toString());
