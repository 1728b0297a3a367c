// Say a text and see which of its words were understood. Marks are words and shapes, not colour only.

import { ApiError } from "./api.js";
import { choice, facts, field, h, problem, spoken } from "./dom.js";
import { fileBox } from "./source.js";
import { clock } from "./units.js";

export function start(section, ours) {
  const { api, texts, settings, announce } = ours;
  const said = texts.practice;
  const box = fileBox(ours, "audio/*,video/*");
  const expected = h("textarea", { dir: "auto", required: true });
  const language = choice([["", said.languageChoose], ...settings.languages], settings.get("practiceLanguage"));
  const button = h("button", { type: "submit" }, said.start);
  const trouble = h("div");
  const result = h("div");
  section.append(
    h("p", { class: "note" }, said.honest),
    h(
      "form",
      { class: "panel", submit, novalidate: true },
      h("div", { class: "fields" }, field(said.language, language)),
      field(said.expected, expected),
      box.element,
      h("div", { class: "buttons" }, button),
      trouble,
    ),
    result,
  );
  language.addEventListener("change", () => {
    settings.set("practiceLanguage", language.value);
    expected.lang = language.value;
  });
  expected.lang = language.value;

  async function submit(event) {
    event.preventDefault();
    await box.stop();
    trouble.replaceChildren();
    const file = box.file();
    if (!file || !expected.value.trim() || !language.value)
      return trouble.replaceChildren(problem(new ApiError(said.needs)));
    button.disabled = true;
    const state = h("p", {}, said.sending);
    const bar = h("progress", { "aria-label": said.sending, max: 1 });
    trouble.replaceChildren(state, bar);
    announce(said.working);
    try {
      const form = new FormData();
      form.append("expectedText", expected.value);
      form.append("language", language.value);
      form.append("file", file, file.name);
      const progress = (done, total) => {
        if (done < total) return (bar.value = done / total);
        bar.removeAttribute("value");
        state.textContent = said.working;
      };
      const answer = await api.send("POST", "practice", form, { progress });
      trouble.replaceChildren();
      showFound(JSON.parse(answer.responseText), file);
    } catch (error) {
      trouble.replaceChildren(problem(error));
    } finally {
      button.disabled = false;
    }
  }

  function showFound(found, file) {
    const src = URL.createObjectURL(file);
    const player = h("audio", { controls: true, src, "aria-label": said.play });
    const code = found.language || language.value;
    const title = h("h2", { tabindex: -1 }, said.result);
    const verdicts = Object.entries(said.verdicts);
    const pauses = found.pauses.map((one) => said.pause(clock(one.start), (one.end - one.start).toFixed(1)));
    const told = [
      [said.completeness, `${Math.round(found.completeness * 100)} %`],
      [said.rate, found.wordsPerMinute ? said.rateOf(Math.round(found.wordsPerMinute)) : ""],
      [said.pauses, pauses.join(", ") || said.noPauses],
      [said.heardText, found.heardText && spoken(found.heardText, code)],
      [said.understood, found.understood && spoken(found.understood, "en")],
      [texts.facts.model, found.model],
    ];
    if (result.src) URL.revokeObjectURL(result.src);
    result.src = src;
    result.replaceChildren(
      h(
        "div",
        { class: "panel" },
        title,
        player,
        h("h3", {}, said.words),
        h("ul", { class: "words-said", lang: code, dir: "auto" }, ...found.words.map(word)),
        h("h3", {}, said.legend),
        h("ul", { class: "legend" }, ...verdicts.map(([name, text]) => h("li", { class: name }, text))),
        h("dl", { class: "facts" }, ...facts(told)),
        found.warnings?.length ? h("ul", { class: "warnings" }, ...found.warnings.map((one) => h("li", {}, one))) : null,
      ),
    );
    title.focus();

    function word(one) {
      const other = one.verdict === "different" && one.heard ? said.heardAs(one.heard) : "";
      const timed = Number.isFinite(one.start);
      const told = one.verdict === "heard" ? "" : other || said.verdicts[one.verdict];
      const inside = [
        h("span", {}, one.word),
        timed ? h("small", {}, clock(one.start)) : null,
        told ? h("small", { lang: other ? null : "en", class: "verdict" }, told) : null,
      ];
      const hear = () => {
        player.currentTime = one.start;
        player.play().catch(() => {});
      };
      return h("li", { class: one.verdict }, timed ? h("button", { type: "button", class: "word", click: hear }, ...inside) : inside);
    }
  }
}
