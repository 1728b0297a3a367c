// The form before live captions begin: languages, names and the microphone.

import { choice, field, h, problem, tick } from "./dom.js";
import { offerMicrophones } from "./live-microphone.js";
import { live as words } from "./live-texts.js";

/** The form; `begin(sides, device)` gets the fields of POST /live for each side, and may throw. */
export function setup(settings, begin) {
  const { languages } = settings;
  const remembered = {};
  const chosen = (name, choices, otherwise) =>
    (remembered[name] = choice(choices, settings.get(`live.${name}`, otherwise), { change: arrange }));
  const mode = chosen("mode", [["captions", words.captions], ["conversation", words.conversation]], "captions");
  const target = chosen("target", languages, "en");
  const source = chosen("source", [["", words.anySource], ...languages], "");
  const first = chosen("first", languages, "en");
  const second = chosen("second", languages, "es");
  const device = h("select");
  const keywords = h("input", { autocomplete: "off" });
  const showSource = h("input", { type: "checkbox", checked: settings.get("live.showSource", true) });
  const both = tick(words.showSource, showSource);
  const ofCaptions = [field(words.target, target), field(words.source, source)];
  const ofConversation = [field(words.first, first), field(words.second, second)];
  const button = h("button", {}, words.begin);
  const failed = h("div");
  const others = [field(words.microphone, device), field(words.keywords, keywords, words.keywordsHint)];
  const fields = h("div", { class: "fields" }, field(words.mode, mode), ofCaptions, ofConversation, others);
  arrange();
  offerMicrophones(device, settings.get("live.device"));
  return h("form", { class: "panel", submit }, fields, both, failed, h("div", { class: "buttons" }, button));

  function arrange() {
    const two = mode?.value === "conversation";
    for (const one of [...ofCaptions, both]) one.hidden = two;
    for (const one of ofConversation) one.hidden = !two;
  }

  async function submit(event) {
    event.preventDefault();
    for (const [name, control] of Object.entries(remembered)) settings.set(`live.${name}`, control.value);
    settings.set("live.device", device.value);
    settings.set("live.showSource", showSource.checked);
    button.disabled = true;
    failed.replaceChildren();
    try {
      await begin(sides(), device.value);
    } catch (error) {
      failed.append(problem(error));
    }
    button.disabled = false;
  }

  function sides() {
    const names = keywords.value.split(",").map((name) => name.trim()).filter(Boolean);
    const side = (from, to, said) => ({
      targetLanguage: to,
      ...(from && { sourceLanguage: from }),
      ...(said && { include: ["source"] }),
      ...(names.length && { keywords: names }),
    });
    if (mode.value === "captions") return [side(source.value, target.value, showSource.checked)];
    if (first.value === second.value) throw new Error(words.sameLanguage);
    return [side(first.value, second.value, true), side(second.value, first.value, true)];
  }
}
