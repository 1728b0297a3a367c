// Formats and their layout: look at one, download any.

import { button, choice, field, h, problem } from "./dom.js";

const EXTENSIONS = { text: "txt", verbose_json: "verbose.json" };

/** `element`, and `fetched(format)` in the style that is chosen. `changed()` is called for another. */
export function makeFiles({ api, texts, settings }, job, changed) {
  const said = texts.files;
  const style = choice(Object.entries(texts.styles), "");
  const wide = h("input", { type: "number", min: 1, max: 200, inputmode: "numeric" });
  const format = choice([["", said.none], ...Object.entries(said.formats)]);
  const text = h("pre", { class: "preview", tabindex: 0, hidden: true, dir: "auto", role: "region" });
  const trouble = h("div");
  const stem = (job.fileName || job.id).replace(/\.[^.]*$/, "").replace(/[\\/:*?"<>|\u0000-\u001f]/g, "_");
  const buttons = Object.keys(said.formats).map((name) =>
    button(said.formats[name], () => download(name)),
  );
  const element = h(
    "div",
    { class: "panel" },
    h("h2", {}, said.title),
    h(
      "div",
      { class: "fields" },
      field(texts.translate.style, style),
      field(said.lineLength, wide, said.lineLengthHint),
      field(said.format, format),
    ),
    text,
    h("h3", {}, said.download),
    h("div", { class: "buttons" }, ...buttons),
    record(),
    trouble,
  );
  for (const control of [style, wide])
    control.addEventListener("change", async () => {
      await changed();
      await preview();
    });
  format.addEventListener("change", preview);

  async function fetched(name) {
    const query = new URLSearchParams({ format: name });
    if (style.value) query.set("style", style.value);
    if (wide.value) query.set("maxLineLength", wide.value);
    return (await api.call("GET", `jobs/${job.id}/translation?${query}`)).text();
  }

  async function preview() {
    text.hidden = !format.value;
    if (!format.value) return;
    text.textContent = said.loading;
    text.setAttribute("aria-label", said.formats[format.value]);
    const asked = format.value;
    await tried(async () => {
      const found = await fetched(asked);
      if (asked === format.value) text.textContent = found;
    });
  }

  const download = (name) =>
    tried(async () => {
      const href = URL.createObjectURL(new Blob([await fetched(name)]));
      h("a", { href, download: `${stem}.${extension(name)}` }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60_000);
    });

  async function tried(act) {
    trouble.replaceChildren();
    try {
      await act();
    } catch (error) {
      text.hidden = true;
      trouble.replaceChildren(problem(error));
    }
  }

  function record() {
    if (!job.record) return "";
    const link = (href, name) => h("a", { class: "button plain", href, target: "_blank", rel: "noopener" }, name);
    return h(
      "div",
      {},
      h("h3", {}, said.recordTitle),
      h(
        "div",
        { class: "buttons" },
        link(job.record.url, said.recordOpen),
        link(job.record.signatureUrl, said.recordSignature),
        link(job.record.transcriptUrl, said.recordTranscript),
      ),
    );
  }

  return { element, fetched, preview };
}

const extension = (name) => EXTENSIONS[name] || name;
