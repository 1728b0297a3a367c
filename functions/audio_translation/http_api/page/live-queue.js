// Sends utterances until each is answered: in order, and those that failed twice when none waits.
// An item is {session, seq, start, end, wav, fails}. Who sends, keeps and tells is given.

// Stands for what failed twice, in subtitles, too.
export const GAP = "[not translated]";

// Requests: a slow answer does not hold up the next utterance.
const AT_ONCE = 2;
// Failures.
const GAP_AFTER = 2;
// Seconds.
const LONGEST_WAIT = 60;
const OVER = ["live_ended", "not_found"];

export class Queue {
  /**
   * `send(item)` answers or throws an ApiError; `store.put(item)` and `store.remove(item)` keep it.
   * `told` has `text(item, answer)`, `gap(item)`, `trouble(error or null)` and `over(error)`.
   */
  constructor({ send, store, told }) {
    Object.assign(this, { _send: send, _store: store, _told: told });
    // All that is not answered.
    this.left = [];
    this._sending = new Set();
    this._heldUntil = this._unreached = 0;
    this._over = false;
  }

  add(item) {
    this.left.push(Object.assign(item, { due: 0 }));
    this.left.sort((one, other) => one.seq - other.seq);
    this._next();
  }

  /** Try again at once, because the network is back. */
  wake() {
    this._heldUntil = this._unreached = 0;
    this._next();
  }

  /** Try all that is left once more; resolves with what stays. `signal` ends it early. */
  finish(signal) {
    return new Promise((resolve) => {
      this._tried = new Set();
      this._finished = () => resolve([...this.left]);
      for (const item of this.left) if (!item.byServer) item.due = 0;
      signal?.addEventListener("abort", this._finished);
      this._next();
    });
  }

  /** Send nothing more. */
  stop() {
    clearTimeout(this._timer);
    this._over = true;
  }

  _next() {
    clearTimeout(this._timer);
    const open = this._over ? [] : this.left.filter((item) => !this._tried?.has(item));
    if (!open.length) return this._finished?.();
    const now = Date.now();
    const idle = !this._sending.size;
    const waiting = open.filter((item) => !this._sending.has(item));
    const due = waiting.filter((item) => Math.max(item.due, this._heldUntil) <= now);
    const fresh = due.filter((item) => item.fails < GAP_AFTER);
    for (const item of fresh.length ? fresh : due.slice(0, idle))
      if (this._sending.size < (this._unreached ? 1 : AT_ONCE)) this._try(item);
    if (this._sending.size) return;
    const next = Math.max(this._heldUntil, Math.min(...waiting.map((item) => item.due)));
    this._timer = setTimeout(() => this._next(), Math.max(10, next - now));
  }

  async _try(item) {
    this._sending.add(item);
    try {
      const answer = await this._send(item);
      this.left = this.left.filter((one) => one !== item);
      this._unreached = 0;
      this._told.trouble(null);
      this._told.text(item, answer);
      await this._store.remove(item);
    } catch (error) {
      await this._failed(item, error);
    }
    this._sending.delete(item);
    this._next();
  }

  async _failed(item, error) {
    const { status, code, retryAfter } = error;
    const wait = (seconds) => Date.now() + 1000 * Math.min(LONGEST_WAIT, seconds);
    if (OVER.includes(code)) {
      this.stop();
      return this._told.over(error);
    }
    this._told.trouble(error);
    if (!status || status === 401 || status === 403) {
      // Nothing was reached, or whoever was asked for a key gave none.
      this._heldUntil = wait(status ? LONGEST_WAIT : 2 ** this._unreached);
      this._unreached = Math.min(4, this._unreached + 1);
      return;
    }
    this._unreached = 0;
    item.fails += 1;
    item.byServer = Boolean(retryAfter);
    item.due = wait(retryAfter ?? (item.fails < GAP_AFTER ? 1 : 2.5 * 2 ** (item.fails - 1)));
    if (status === 429) this._heldUntil = item.due;
    if (item.fails >= GAP_AFTER) this._tried?.add(item);
    if (item.fails === GAP_AFTER) this._told.gap(item);
    await this._store.put(item);
  }
}
