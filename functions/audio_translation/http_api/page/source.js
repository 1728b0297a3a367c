// Where a recording comes from: a file that is dropped or chosen, or the microphone.

import { button, h, problem } from "./dom.js";
import { clock, size } from "./units.js";

const KINDS = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

/** A box that holds at most one file: `element`, `file()`, `clear()`. `changed()` is called. */
export function fileBox({ texts, announce }, accept, changed = () => {}) {
  const said = texts.translate;
  let file = null;
  let stop = null;
  const input = h("input", { type: "file", accept, class: "hidden-input", id: `file-${accept}-${Math.random()}` });
  const label = h("label", { for: input.id, class: "button" }, said.choose);
  const record = button(said.record, recordOrStop);
  const chosen = h("p", { class: "chosen", hidden: true });
  const trouble = h("div");
  const element = h(
    "div",
    { class: "drop" },
    h("p", { class: "soft" }, said.drop),
    h("div", { class: "buttons" }, input, label, record),
    chosen,
    trouble,
  );
  input.addEventListener("change", () => input.files[0] && take(input.files[0]));
  takeDropped(element, take);

  function take(given, told) {
    file = given;
    trouble.replaceChildren();
    chosen.hidden = !file;
    if (file) {
      const remove = button(said.remove, clear, { class: "plain small" });
      const text = told || said.chosen(file.name, size(file.size));
      chosen.replaceChildren(h("bdi", {}, text), " ", remove);
      announce(text);
    }
    changed(file);
  }

  function clear() {
    input.value = "";
    take(null);
    input.focus();
  }

  async function recordOrStop() {
    if (stop) return stop();
    trouble.replaceChildren();
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      return trouble.replaceChildren(problem(new Error(said.noMicrophone(error.message))));
    }
    const recorder = new MediaRecorder(stream);
    const pieces = [];
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const tell = () => (record.textContent = said.stop(clock(seconds())));
    const timer = setInterval(tell, 500);
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      const kind = recorder.mimeType.split(";")[0];
      const name = `recording-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}`;
      const made = new File(pieces, `${name}.${KINDS[kind] || "webm"}`, { type: recorder.mimeType });
      take(made, said.recorded(made.name, clock(seconds())));
    };
    stop = () => {
      clearInterval(timer);
      stop = null;
      record.textContent = said.record;
      element.classList.remove("over");
      recorder.stop();
      for (const track of stream.getTracks()) track.stop();
    };
    recorder.start(1000);
    tell();
    element.classList.add("over");
    announce(said.recording);
  }

  return { element, file: () => file, clear: () => ((input.value = ""), take(null)), stop: () => stop?.() };
}

/** Call `take` with each file that is dropped on an element. */
export function takeDropped(element, take) {
  const over = (is) => (event) => {
    event.preventDefault();
    element.classList.toggle("over", is);
  };
  element.addEventListener("dragover", over(true));
  element.addEventListener("dragleave", over(false));
  element.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
}
