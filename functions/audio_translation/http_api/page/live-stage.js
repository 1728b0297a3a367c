// Captions while they run: the microphone, who speaks, what was said, and how it ends.

import { h, problem } from "./dom.js";
import { Captions, clock, stayAwake } from "./live-captions.js";
import { listen, offerMicrophones } from "./live-microphone.js";
import { LiveSession } from "./live-session.js";
import { live as words } from "./live-texts.js";

// Milliseconds without any sound until it is said.
const QUIET = 5000;
// Milliseconds for what is left at the end.
const PATIENCE = 30_000;
const KEYS = { 1: 0, 2: 1, ArrowLeft: 0, ArrowRight: 1 };

const button = (text, click, kind) => h("button", { type: "button", class: kind, click }, text);

export class Stage {
  constructor({ api, settings, store, again }) {
    Object.assign(this, { _api: api, _settings: settings, _store: store, _again: again });
    this._sessions = [];
    // Heard before there is a session.
    this._early = [];
    // Rows, for projectors that open later.
    this._shown = new Map();
    this._troubles = new Map();
    this._side = 0;
  }

  /** Ids of the sessions, as in the address. */
  get ids() {
    return this._sessions.map((one) => one.record.id).join(",");
  }

  /** Throws an Error with the reason in plain words. */
  async openMicrophone(device) {
    this._microphone = await listen(device, {
      utterance: (sound) => this._heard(sound),
      level: (now) => this._measured(now),
      lost: () => this._stopped(words.lost),
    });
    this._loud = Date.now();
    this._note = null;
    this._sleep = stayAwake();
  }

  async closeMicrophone() {
    const microphone = this._microphone;
    this._microphone = null;
    this._sleep?.();
    await microphone?.stop();
  }

  /** Show these sessions, new or from before a reload; false if another tab has them. */
  async enter(records) {
    const name = `live ${records.map((one) => one.id)}`;
    if (!(await this._locked(name))) return false;
    this._channel = new BroadcastChannel(name);
    this._channel.onmessage = () => this._repeat();
    this._captions = new Captions(words.log, records.length > 1);
    this._sessions = records.map((record) => this._session(record));
    this._build();
    for (const one of this._sessions) await one.restore();
    for (const sound of this._early) this._heard(sound);
    this._note = this._microphone ? null : words.reloaded;
    const tick = setInterval(() => this._tick(), 250);
    const ended = new AbortController();
    addEventListener("online", () => this._sessions.forEach((one) => one.queue.wake()), ended);
    addEventListener("keydown", (event) => this._pressed(event), ended);
    this._leave = () => {
      clearInterval(tick);
      ended.abort();
      this._channel.close();
      this._release();
    };
    this._arrange();
    return true;
  }

  _session(record) {
    const show = (kind, row) => {
      this._captions[kind](row);
      if (kind === "text" && row.ended) measured("live text", row.ended, row.key);
      if (kind === "pending" || kind === "silent") return;
      this._shown.set(row.key, { ...row, failed: kind === "gap" });
      this._channel.postMessage(this._shown.get(row.key));
    };
    const trouble = (error) => {
      if (this._troubles.get(record.id)?.over) return;
      this._troubles.set(record.id, error);
      this._arrange();
    };
    const told = { trouble, over: (error) => trouble(Object.assign(error, { over: true })) };
    for (const kind of ["pending", "text", "gap", "silent"]) told[kind] = (row) => show(kind, row);
    return new LiveSession(this._api, this._store, record, told);
  }

  _build() {
    const two = this._sessions.length > 1;
    this._pause = button("", () => (this._microphone ? this._stopped() : this._goOn()));
    this._end = button(words.end, () => this.end(), "plain");
    this._meter = h("meter", { min: -70, max: 0, "aria-label": words.level });
    this._clock = h("span", { role: "timer", "aria-label": words.time });
    this._device = h("select", { "aria-label": words.microphone });
    offerMicrophones(this._device, this._settings.get("live.device"));
    this._status = h("p", { class: "soft", role: "status" });
    this._sides = two ? this._sessions.map((one, side) => this._speaker(one, side)) : [];
    const hint = two && h("small", {}, words.speaksHint);
    const bar = [this._pause, this._end, this._meter, this._device, this._clock];
    const who = h("div", { class: "live-who" }, this._sides);
    this._controls = h("div", {}, h("div", { class: "buttons live-bar" }, bar), this._status, who, hint || null);
    const projector = button(words.projector, () => this._project(), "plain");
    this._tools = h("div", {}, this._sessions.map((one) => this._downloads(one)), projector);
    this._finish = h("div");
    this.element = h("div", {}, this._controls, this._captions.element, this._finish, this._tools);
  }

  _speaker({ record }, side) {
    const language = this._settings.languageName(record.fields.sourceLanguage);
    return button(words.speaks(language), () => this._speak(side));
  }

  /** What tells two sides apart. */
  _direction({ record: { fields } }) {
    const [from, to] = [fields.sourceLanguage, fields.targetLanguage].map(this._settings.languageName);
    return this._sessions.length > 1 ? words.fromTo(from, to) : "";
  }

  _downloads(session) {
    const save = async (format) => {
      const answer = await this._api.call("GET", `${session.path}?format=${format}`);
      const href = URL.createObjectURL(await answer.blob());
      h("a", { href, download: `live.${format === "text" ? "txt" : format}` }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60_000);
    };
    const saved = (format) => save(format).catch((error) => this._finish.replaceChildren(problem(error)));
    const title = words.download(this._direction(session));
    const buttons = ["srt", "vtt", "text", "json"].map((format) => button(format, () => saved(format), "plain"));
    return h("div", { role: "group", "aria-label": title, class: "buttons" }, h("span", {}, title), buttons);
  }

  _heard(sound) {
    const session = this._sessions[this._side];
    if (!session) return this._early.push(sound);
    measured("live cut", sound.spoken, `${session.record.id}/${session.record.next}`);
    session.take(sound);
  }

  _measured({ level, speaking }) {
    if (level > -70) this._loud = Date.now();
    if (!this._meter) return;
    this._meter.value = level;
    this._meter.classList.toggle("speaking", speaking);
  }

  async _stopped(note = null) {
    this._note = note;
    await this.closeMicrophone();
    this._arrange();
  }

  async _goOn() {
    this._pause.disabled = true;
    await this.openMicrophone(this._device.value).catch((error) => (this._note = error.message));
    this._arrange();
  }

  async _speak(side) {
    if (side !== this._side) await this._microphone?.flush();
    this._side = side;
    this._arrange();
  }

  _pressed({ key, target, altKey, ctrlKey, metaKey }) {
    const ours = this._sides.length && this.element.offsetParent && !target.matches("select");
    if (ours && key in KEYS && !altKey && !ctrlKey && !metaKey) this._speak(KEYS[key]);
  }

  /** End the sessions: what is left is sent, and each becomes a finished job. */
  async end() {
    this._ending = true;
    this._arrange();
    await this.closeMicrophone();
    const enough = new AbortController();
    const timer = setTimeout(() => enough.abort(), PATIENCE);
    const skip = button(words.dontWait, () => enough.abort(), "plain");
    this._finish.replaceChildren(...(this._left() ? [h("p", {}, words.sending(this._left())), skip] : []));
    try {
      const ended = await Promise.all(this._sessions.map((one) => one.end(enough.signal)));
      this._leave();
      this._controls.remove();
      this._tools.remove();
      this._finish.replaceChildren(this._ended(ended));
      this._finish.querySelector("a").focus();
    } catch (error) {
      this._ending = false;
      this._finish.replaceChildren(problem(error));
      this._arrange();
    }
    clearTimeout(timer);
  }

  _ended(ended) {
    const link = (id, text) => h("li", {}, h("a", { href: `#job/${id}` }, text));
    const links = ended.flatMap(([job, missing], side) => {
      const direction = this._direction(this._sessions[side]);
      return [link(job, words.job(direction)), missing && link(missing, words.missing(direction))];
    });
    const again = button(words.again, () => this._again());
    return h("div", { class: "panel" }, h("h2", {}, words.ended), h("ul", {}, links), again);
  }

  _project() {
    const url = new URL(location);
    url.hash = `live/${this.ids}/projector`;
    open(url, url.hash, "popup,width=1280,height=720");
  }

  /** Tell a projector that has just been opened what was shown last. */
  _repeat() {
    const rows = [...this._shown.values()].sort((one, other) => one.start - other.start);
    for (const row of rows.slice(-2)) this._channel.postMessage(row);
  }

  _left() {
    return this._sessions.reduce((sum, one) => sum + one.queue.left.length, 0);
  }

  _tick() {
    const { started, expires } = this._sessions[0].record;
    this._clock.textContent = clock(Date.now() - started);
    if (this._microphone && !this._ending && Date.now() > expires - 2000) this.end();
    this._say();
  }

  _arrange() {
    if (!this._leave) return;
    const on = Boolean(this._microphone);
    const over = [...this._troubles.values()].some((one) => one?.over);
    this._pause.textContent = on ? words.pause : words.goOn;
    this._pause.hidden = over;
    this._pause.disabled = this._end.disabled = Boolean(this._ending);
    this._meter.hidden = !on;
    this._device.hidden = on || over;
    this._sides.forEach((one, side) => one.setAttribute("aria-pressed", side === this._side));
    this._say();
  }

  /** Say how it goes, but only what has changed: a screen reader reads it. */
  _say() {
    const trouble = [...this._troubles.values()].find(Boolean);
    const quiet = this._microphone && Date.now() - this._loud > QUIET;
    const fine = quiet ? words.noSound : this._microphone ? words.listening : words.paused;
    const bad = trouble?.over ? words.over : trouble?.status === 0 ? words.offline(this._left()) : null;
    const text = bad ?? this._note ?? (trouble ? words.trouble(trouble.message) : fine);
    if (this._status.textContent !== text) this._status.textContent = text;
  }

  /** Whether no other tab has these captions; this one has them from now on. */
  _locked(name) {
    return new Promise((resolve) => {
      navigator.locks.request(name, { ifAvailable: true }, (lock) => {
        resolve(lock);
        return lock && new Promise((release) => (this._release = release));
      });
    });
  }
}

/** Let developer tools see how long it took since somebody stopped speaking. */
function measured(name, spoken, detail) {
  const end = performance.now();
  performance.measure(name, { start: Math.max(0, end - (Date.now() - spoken)), end, detail });
}
