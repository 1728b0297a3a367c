// The form: a recording, what to make of it, and the way to the service.

import { ApiError } from "./api.js";
import { choice, field, h, problem, tick } from "./dom.js";
import { keep } from "./media.js";
import { send } from "./sending.js";
import { fileBox } from "./source.js";

export function start(section, ours) {
  const { api, texts, settings, open } = ours;
  const said = texts.translate;
  const box = fileBox(ours, "audio/*,video/*");
  const url = h("input", { type: "text", inputmode: "url", autocomplete: "off", spellcheck: "false" });
  const languages = settings.languages;
  const target = choice(languages, settings.get("targetLanguage", "en"));
  const source = choice([["", said.detect], ...languages], settings.get("sourceLanguage"));
  const more = moreOptions(ours);
  const trouble = h("div");
  const button = h("button", { type: "submit" }, said.start);
  section.append(
    h("h1", {}, said.title),
    h("p", { class: "soft" }, said.intro),
    h(
      "form",
      { class: "panel", submit: begin, novalidate: true },
      box.element,
      field(said.url, url, said.urlHint),
      h("div", { class: "fields" }, field(said.target, target), field(said.source, source)),
      more.element,
      h("div", { class: "buttons" }, button),
      trouble,
    ),
  );
  target.addEventListener("change", () => settings.set("targetLanguage", target.value));
  source.addEventListener("change", () => settings.set("sourceLanguage", source.value));

  async function begin(event) {
    event.preventDefault();
    box.stop();
    trouble.replaceChildren();
    const file = box.file();
    const address = url.value.trim();
    const wrong = file && address ? said.bothGiven : file || address ? null : said.nothing;
    if (wrong) return trouble.replaceChildren(problem(new ApiError(wrong)));
    const fields = { targetLanguage: target.value, sourceLanguage: source.value, ...more.fields() };
    if (file) {
      send(api, file, fields);
      box.clear();
      return open("#job/new");
    }
    button.disabled = true;
    try {
      const made = await api.json("POST", "translate", {
        json: { audioFileUrl: address, ...fields },
        headers: { Prefer: "respond-async" },
      });
      if (/^https?:/.test(address)) keep(made.id, address);
      url.value = "";
      open(`#job/${made.id}`);
    } catch (error) {
      trouble.replaceChildren(problem(error));
    } finally {
      button.disabled = false;
    }
  }
}

/** What few requests need: `element`, and `fields()` of the request. */
function moreOptions({ api, texts, settings }) {
  const said = texts.translate;
  const box = (name) => h("input", { type: "checkbox", name });
  const model = choice([["", said.modelDefault]]);
  const style = choice(Object.entries(texts.styles), settings.get("style"));
  const task = choice(Object.entries(said.tasks), "translate");
  const [include, channels, speakers, record] = ["source", "channels", "speakers", "record"].map(box);
  const keywords = h("input", { type: "text" });
  const prompt = h("input", { type: "text" });
  const element = h(
    "details",
    {},
    h("summary", {}, said.more),
    h(
      "div",
      { class: "fields" },
      field(said.task, task),
      field(said.model, model),
      field(said.style, style),
      field(said.keywords, keywords, said.keywordsHint),
      field(said.prompt, prompt, said.promptHint),
      h(
        "div",
        {},
        tick(said.include, include),
        tick(said.channels, channels),
        tick(said.speakers, speakers),
        tick(said.record_, record),
      ),
    ),
  );
  style.addEventListener("change", () => settings.set("style", style.value));
  offerModels();

  async function offerModels() {
    try {
      for (const { id, shutdown_date: ends } of (await api.json("GET", "v1/models")).data)
        model.append(new Option(ends ? said.modelEnds(id, ends) : id, id));
    } catch {
      // Without the list the service's own model serves.
    }
  }

  const fields = () => ({
    transcribe: task.value === "transcribe",
    model: model.value,
    subtitles: style.value,
    include: include.checked ? ["source"] : [],
    channels: channels.checked ? "separate" : "",
    speakers: speakers.checked ? "auto" : "",
    keywords: keywords.value.split(",").map((word) => word.trim()).filter(Boolean),
    prompt: prompt.value.trim(),
    ...(record.checked ? { record: true } : {}),
  });
  return { element, fields };
}
