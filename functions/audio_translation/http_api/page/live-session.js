// One session of the API: numbers and keeps its utterances, and says what becomes of them.

import { Queue } from "./live-queue.js";
import { joined, wav } from "./live-sound.js";

// Milliseconds for one answer.
const PATIENCE = 60_000;
// Minutes of a session, as the service takes them.
const LONGEST = 240;

/** Begin a session of POST /live; return what the store keeps of it. */
export async function begin(api, fields, side) {
  const json = { ...fields, maxMinutes: LONGEST };
  const { id, expires } = await api.json("POST", "live", { json });
  return { id, expires: Date.parse(expires), side, fields, next: 0 };
}

export class LiveSession {
  /**
   * `told` has `pending`, `text`, `gap` and `silent`, each with a row {key, start, side, text,
   * source, spoken, language}, and `trouble(error or null)` and `over(error)`.
   */
  constructor(api, store, record, told) {
    Object.assign(this, { _api: api, _store: store, record, _told: told });
    this.path = `live/${record.id}`;
    this.queue = new Queue({
      store,
      send: ({ seq, start, wav: body }) =>
        api.json("POST", `${this.path}/utterances`, {
          body,
          headers: { "Content-Type": "audio/wav", Seq: `${seq}`, Start: `${start}` },
          signal: AbortSignal.timeout(PATIENCE),
        }),
      told: {
        ...told,
        text: (item, answer) => this._answered({ ...item, ...answer, start: item.start }),
        gap: (item) => told.gap(this._row(item)),
      },
    });
  }

  /** Take sound with times of the system's clock. */
  take(sound) {
    const { id, started } = this.record;
    const [start, end] = [sound.start, sound.end].map((time) => Math.max(0, Math.round(time - started)));
    const times = { start, end, ended: sound.spoken };
    const item = { session: id, seq: this.record.next++, ...times, wav: wav(sound.samples), fails: 0 };
    // Kept in the order in which it is asked, so sending need not wait for it.
    this._store.putSession(this.record);
    this._store.put(item);
    this._told.pending(this._row(item));
    this.queue.add(item);
  }

  /** Show what was said before a reload, and send what was not sent. Throws ApiError. */
  async restore() {
    const { record } = this;
    const kept = await this._store.utterances(record.id);
    const answered = await this._api.json("GET", `${this.path}?format=json`).catch((error) => {
      if (error.status !== 0) this._told.over(error);
      // What was kept is all there is.
      return { status: "running", utterances: [] };
    });
    if (answered.status !== "running") this._told.over(new Error(answered.status));
    const seqs = new Set(answered.utterances.map((one) => one.seq));
    for (const one of answered.utterances) this._answered({ ...one, start: 1000 * one.start });
    for (const { seq } of [...answered.utterances, ...kept]) record.next = Math.max(record.next, seq + 1);
    for (const item of kept) {
      if (!seqs.has(item.seq)) this._told[item.fails > 1 ? "gap" : "pending"](this._row(item));
      this.queue.add(item);
    }
  }

  /** End it; return the ids of the finished job, and of one for what stayed a gap or null. */
  async end(signal) {
    const { id } = this.record;
    const left = await this.queue.finish(signal);
    await this._api.call("DELETE", this.path).catch((error) => {
      if (![404, 409].includes(error.status)) throw error;
    });
    this.queue.stop();
    const missing = left.length ? await this._asJob(left) : null;
    await this._store.forget(id);
    return [id, missing];
  }

  async _asJob(items) {
    const sound = new Blob([joined(items.map((item) => item.wav))], { type: "audio/wav" });
    const file = { fileName: "not-translated.wav", size: sound.size, contentType: sound.type };
    const json = { ...this.record.fields, ...file };
    const { job, upload } = await this._api.json("POST", "uploads", { json });
    const headers = { "Content-Type": sound.type };
    await this._api.send(upload.method, upload.url, sound, { headers });
    return job.id;
  }

  _answered(answer) {
    const kind = answer.failed ? "gap" : answer.text ? "text" : "silent";
    this._told[kind](this._row(answer));
  }

  _row({ seq, start, ended, text, source, language }) {
    const { id, side, fields } = this.record;
    const languages = { spoken: language ?? fields.sourceLanguage, language: fields.targetLanguage };
    return { key: `${id}/${seq}`, start, ended, side, text, source, ...languages };
  }
}
