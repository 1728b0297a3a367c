// One job: how far it is, and what came of it. #job/ID survives a reload.

import { ApiError } from "./api.js";
import { button, h, pause, problem } from "./dom.js";
import { showResult } from "./result.js";
import { send as sendAgain, sends } from "./sending.js";
import { length, size } from "./units.js";

const OFFLINE_SECONDS = 5;

/** Show a job and follow it; returns what stops that. */
export function start(section, ours) {
  const { api, texts, announce, open } = ours;
  const said = texts.job;
  const stopping = new AbortController();
  const { signal } = stopping;
  let { id } = ours;
  let job = null;
  let seen = null;
  let told = "";
  let quarter = 0;
  const sending = sends.get(id);
  const title = h("h1", {}, sending ? h("bdi", {}, sending.file.name) : said.title);
  const state = h("p", { class: "state" });
  const bar = h("progress", { "aria-label": said.title });
  const detail = h("p", { class: "soft detail" });
  const cancelling = button(said.cancel, cancel);
  const again = h("a", { class: "button plain", href: "#translate", hidden: true }, said.again);
  const trouble = h("div");
  const result = h("div");
  const panel = h("div", { class: "panel" }, state, bar, detail, h("div", { class: "buttons" }, cancelling), trouble);
  section.replaceChildren(title, panel, result, h("div", { class: "buttons" }, again));
  if (sending) sending.changed = showSending;
  if (id === "new" && !sending) open("#translate");
  else if (id === "new") showSending();
  else follow();
  return () => {
    stopping.abort();
    if (sending) sending.changed = null;
  };

  function showSending() {
    if (sending.job && id === "new") {
      id = sending.job.id;
      history.replaceState(null, "", `#job/${id}`);
      follow();
    }
    if (sending.error?.name === "AbortError") return;
    if (sending.error) return fail(sending.error);
    if (sending.ended) return;
    const share = sending.total ? sending.done / sending.total : 0;
    tell(share < 1 ? said.sending : said.starting);
    progress(share < 1 ? share : null);
    detail.textContent = said.sent(size(sending.done), size(sending.total));
  }

  async function follow() {
    while (sending && !sending.ended) await pause(0.2, signal);
    const began = performance.now();
    while (!signal.aborted) {
      let wait = OFFLINE_SECONDS;
      try {
        const answer = await api.call("GET", `jobs/${encodeURIComponent(id)}`, { signal });
        wait = Number(answer.headers.get("retry-after")) || 1;
        job = await answer.json();
        trouble.replaceChildren();
      } catch (error) {
        if (error.name === "AbortError") return;
        if (error.status && error.status < 500 && error.status !== 429) return fail(error);
        trouble.replaceChildren(problem(error.status ? error : new ApiError(said.offline)));
        wait = error.retryAfter || wait;
      }
      if (signal.aborted) return;
      if (job) showJob();
      if (job && !["queued", "running"].includes(job.status)) return;
      // A job that waited long for its upload says to come back late, and may have begun by now.
      if (job?.status === "queued") wait = Math.min(wait, 2 + (performance.now() - began) / 1000);
      await pause(wait, signal);
    }
  }

  function showJob() {
    title.replaceChildren(h("bdi", {}, job.fileName || said.unnamed));
    document.title = `${title.textContent} – ${texts.title}`;
    const { status, waitingFor } = job;
    if (status === "succeeded" || job.partial || status === "failed" || status === "cancelled")
      return showEnd(status);
    const { audioSeconds, chunks } = job.progress;
    if (waitingFor === "retry") tell(said.retry(job.lastError?.message || ""));
    else if (waitingFor === "upload") tell(sending?.ended ? said.upload : said.interrupted);
    else if (waitingFor) tell(said[waitingFor]);
    else tell(status === "queued" ? said.queued : chunks.total || chunks.done ? said.running : said.listening);
    const share = audioSeconds.total ? audioSeconds.done / audioSeconds.total : null;
    progress(status === "running" ? share : null);
    if (Math.floor(share * 4) > quarter) announce(said.percent((quarter = Math.floor(share * 4)) * 25));
    detail.textContent = [
      share === null ? "" : said.percent(Math.floor(share * 100)),
      chunks.total ? said.chunks(chunks.done, chunks.total) : "",
      audioSeconds.total ? said.seconds(length(audioSeconds.done), length(audioSeconds.total)) : "",
      left(audioSeconds),
    ].filter(Boolean).join(" · ");
  }

  /** The time left, from how fast this page saw the job go on. */
  function left({ done, total }) {
    const now = performance.now() / 1000;
    if (!seen || done < seen.done) seen = { done, now };
    const pace = (done - seen.done) / (now - seen.now);
    return pace > 0 && done < total ? said.left(length((total - done) / pace)) : "";
  }

  function showEnd(status) {
    if (panel.contains(document.activeElement)) section.focus();
    stop();
    if (status === "succeeded") {
      panel.remove();
      announce(said.done);
    } else {
      tell({ failed: said.failed, cancelled: said.cancelledJob }[status]);
      if (job.error) trouble.replaceChildren(problem(job.error));
      if (job.partial) trouble.append(h("p", {}, said.partial));
    }
    if (status === "succeeded" || job.partial) showResult(result, ours, job);
  }

  async function cancel() {
    cancelling.disabled = true;
    sending?.cancel();
    try {
      if (id !== "new") await api.call("DELETE", `jobs/${encodeURIComponent(id)}`);
      stopping.abort();
      tell(said.cancelled);
      stop();
      again.focus();
    } catch (error) {
      cancelling.disabled = false;
      trouble.replaceChildren(problem(error));
    }
  }

  function fail(error) {
    stopping.abort();
    tell(said.failed);
    const wait = error.retryAfter ? h("p", {}, texts.api.tryAgainIn(error.retryAfter)) : "";
    trouble.replaceChildren(problem(error), wait);
    stop();
    if (sending?.error && !(error.status >= 400 && error.status < 500 && error.status !== 429)) {
      const retry = button(said.resend, resend);
      trouble.append(h("div", { class: "buttons" }, retry));
    }
  }

  /** Nothing goes on any more. */
  function stop() {
    for (const gone of [cancelling, bar, detail]) gone.remove();
    again.hidden = false;
  }

  function resend() {
    if (job || sending.job) api.call("DELETE", `jobs/${(job || sending.job).id}`).catch(() => {});
    sendAgain(api, sending.file, sending.fields);
    open("#job/new");
  }

  /** Say what is going on, to a screen reader only when it changes. */
  function tell(text) {
    state.textContent = text;
    if (text !== told) announce(text);
    told = text;
  }

  function progress(share) {
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
  }
}
