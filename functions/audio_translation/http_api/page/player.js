// The recording with its subtitles running, wherever this page has it from.

import { h } from "./dom.js";
import { keep, kept } from "./media.js";
import { takeDropped } from "./source.js";

/**
 * A player: `element`, `show(lines at a time, vtt)`, `play(seconds)`. `heard(seconds)` is called
 * with every frame while it plays. Text is shown here because browsers show none beside sound;
 * where the picture fills the screen, the browser's own track takes over.
 */
export function makePlayer({ texts }, job, heard) {
  const said = texts.player;
  const cue = h("div", { class: "cue" });
  const stage = h("div", { class: "stage" });
  const choosing = h("div");
  const element = h("div", { class: "panel player" }, h("h2", {}, said.title), stage, choosing);
  let media = null;
  let track = null;
  let at = () => [];
  let vtt = "";
  let shown = "";
  offer();
  const known = kept(job.id) || (/^https?:/.test(job.audioFileUrl || "") ? job.audioFileUrl : null);
  if (known) load(known);

  function offer(problem = "") {
    const input = h("input", { type: "file", accept: "audio/*,video/*", class: "hidden-input", id: "hear" });
    input.addEventListener("change", () => input.files[0] && choose(input.files[0]));
    choosing.replaceChildren(
      problem ? h("p", { class: "problem", role: "alert" }, problem) : "",
      h("div", { class: "drop" }, input, h("label", { class: "button plain", for: "hear" }, said.choose)),
      h("p", { class: "soft" }, said.chooseHint),
    );
    takeDropped(choosing.querySelector(".drop"), choose);
  }

  function choose(file) {
    keep(job.id, file);
    load(file);
  }

  function load(source) {
    if (media?.src.startsWith("blob:")) URL.revokeObjectURL(media.src);
    const src = typeof source === "string" ? source : URL.createObjectURL(source);
    media = h("video", { controls: true, preload: "metadata", playsinline: true, src, "aria-label": said.title });
    media.addEventListener("loadedmetadata", () => {
      media.classList.toggle("sound", !media.videoWidth);
      choosing.replaceChildren();
    });
    media.addEventListener("error", () => {
      stage.replaceChildren();
      media = null;
      offer(said.cannot);
    });
    for (const name of ["play", "seeked", "timeupdate"]) media.addEventListener(name, draw);
    media.addEventListener("play", frame);
    stage.replaceChildren(media, cue);
    setTrack();
    draw();
  }

  function frame() {
    draw();
    if (media && !media.paused && !media.ended) requestAnimationFrame(frame);
  }

  function draw() {
    if (!media) return;
    const now = media.currentTime;
    const rows = at(now);
    const key = rows.map((row) => row.text).join("\n");
    if (key !== shown) {
      shown = key;
      cue.replaceChildren(...rows.map((row) => h("p", { lang: row.lang, dir: "auto" }, row.text)));
    }
    heard(now);
  }

  function setTrack() {
    if (!media || !vtt) return;
    if (track) URL.revokeObjectURL(track.src);
    track?.remove();
    const src = URL.createObjectURL(new Blob([vtt], { type: "text/vtt" }));
    const attributes = { kind: "subtitles", label: texts.player.subtitles, srclang: job.targetLanguage, src };
    track = h("track", attributes);
    media.append(track);
    full();
    media.onfullscreenchange = full;
    media.onwebkitbeginfullscreen = () => (track.track.mode = "showing");
    media.onwebkitendfullscreen = full;
  }

  function full() {
    track.track.mode = document.fullscreenElement === media ? "showing" : "hidden";
  }

  return {
    element,
    show(rowsAt, written) {
      at = rowsAt;
      vtt = written;
      shown = null;
      setTrack();
      draw();
    },
    /** Play from there; false if there is nothing to play. */
    play(seconds) {
      if (!media) return choosing.querySelector("input").focus();
      media.currentTime = seconds;
      media.play().catch(() => {});
      heard(seconds);
    },
  };
}
