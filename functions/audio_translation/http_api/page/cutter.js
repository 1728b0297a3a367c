// Cuts sound into utterances as it arrives: where speech begins, and where it pauses.
// Places are counted in samples since the first one; levels are in dBFS. No page, no sound card.

// Seconds of silence that end an utterance.
export const PAUSE = 0.5;
// Seconds of sound, at most.
export const LONGEST = 8;
// Seconds of sound before the speech, and after it.
export const BEFORE = 0.25;

// Seconds of sound for each level.
const FRAME = 0.02;
// Hz; what is lower says nothing about speech.
const HUM = 120;
// What is not louder is silence.
const NOTHING = -70;
// The noise until the room is known.
const QUIET_ROOM = -60;
// Seconds; the noise is the quietest tenth of so much.
const MEMORY = 8;
// dB from noise to speech, least and most.
const OVER_NOISE = [4, 10];
// DB; speech goes on until it falls so far under the threshold.
const RELEASE = 2;
// Frames in a row that begin an utterance: less is a click.
const ONSET = 3;
// Frames of speech: less is a knock on the table.
const SHORTEST = 5;
// Seconds before the limit in which endless speech is cut where it is quietest.
const SEAM = 3;

export class Cutter {
  constructor(rate) {
    this.rate = rate;
    // How many samples have come.
    this.at = 0;
    this.level = NOTHING;
    // The utterance that is being said, and the levels of its frames.
    this.open = null;
    this._frame = Math.round(FRAME * rate);
    this._before = Math.round(BEFORE * rate);
    this._room = new Room();
    // The latest samples.
    this._sound = new Float32Array(Math.ceil((LONGEST + 2) * rate));
    // The place of the first of them, and how many they are.
    this._first = this._kept = 0;
    this._decay = Math.exp((-2 * Math.PI * HUM) / rate);
    this._power = this._last = this._filtered = this._loud = 0;
    // The first sample that belongs to no utterance.
    this._free = 0;
  }

  /** Take samples; return the utterances that ended in them: {start, end, speechEnd, samples}. */
  push(block) {
    const found = [];
    this._keep(block);
    for (const sample of block) {
      this._filtered = this._decay * (this._filtered + sample - this._last);
      this._last = sample;
      this._power += this._filtered ** 2;
      if (++this.at % this._frame) continue;
      const ended = this._hear(10 * Math.log10(this._power / this._frame + 1e-12));
      this._power = 0;
      if (ended) found.push(ended);
    }
    return found;
  }

  /** End what is being said, because whoever listens stops; return it, or null. */
  flush() {
    const ended = this.open && this._end(this.at);
    this.open = null;
    this._free = this.at;
    this._loud = 0;
    return ended;
  }

  _hear(level) {
    const { open, _room: room } = this;
    this.level = level;
    room.hear(level);
    const loud = level > room.threshold - (open ? RELEASE : 0);
    this._loud = loud ? this._loud + 1 : 0;
    if (!open) {
      // Microphones that are switched on click; what is said then is not lost.
      if (this._loud >= ONSET && this.at > this._before) this._begin();
      return null;
    }
    open.levels.push(level);
    open.voiced += loud;
    if (this._loud > 1) open.speechEnd = this.at;
    if (this.at - open.speechEnd >= PAUSE * this.rate) {
      const ended = this._end(open.speechEnd + this._before);
      this.open = null;
      return ended;
    }
    return this.at - open.start > LONGEST * this.rate - this._frame ? this._endless() : null;
  }

  _begin() {
    const start = Math.max(this._free, this.at - ONSET * this._frame - this._before, 0);
    this.open = { start, speechEnd: this.at, voiced: ONSET, shortest: SHORTEST, levels: [] };
  }

  /** Cut speech that does not pause where it is quietest; the rest begins the next utterance. */
  _endless() {
    const { levels, speechEnd } = this.open;
    const around = (at) => levels.slice(at - 2, at + 3).reduce((sum, one) => sum + 10 ** (one / 10), 0);
    let quietest = levels.length - 3;
    for (let at = quietest; at > levels.length - SEAM / FRAME; at--)
      if (around(at) < around(quietest)) quietest = at;
    const rest = levels.slice(quietest);
    const start = this.at - rest.length * this._frame;
    const ended = this._end(start);
    const voiced = rest.filter((one) => one > this._room.threshold - RELEASE).length;
    this.open = { start, speechEnd: Math.max(speechEnd, start), voiced, shortest: 1, levels: rest };
    return ended;
  }

  _end(end) {
    if (this.open.voiced < this.open.shortest) return null;
    this._free = Math.min(end, this.at);
    return this._cut(this._free);
  }

  _cut(end) {
    const { start, speechEnd } = this.open;
    const samples = this._sound.slice(start - this._first, end - this._first);
    return { start, end, speechEnd: Math.min(speechEnd, end), samples };
  }

  _keep(block) {
    if (this._kept + block.length > this._sound.length) {
      const needed = this.open?.start ?? this.at - 2 * this._before;
      const from = Math.min(this._kept, Math.max(0, needed - this._first));
      this._sound.copyWithin(0, from, this._kept);
      this._first += from;
      this._kept -= from;
    }
    this._sound.set(block, this._kept);
    this._kept += block.length;
  }
}

/** The levels of the last seconds, and over which of them there is speech. */
class Room {
  constructor() {
    const known = Math.round(0.3 / FRAME);
    // Without their sign.
    this._levels = Array(known).fill(-QUIET_ROOM);
    this._counts = new Uint16Array(1 - NOTHING);
    this._counts[-QUIET_ROOM] = known;
    this.threshold = QUIET_ROOM + OVER_NOISE[1];
  }

  hear(level) {
    const under = Math.round(-Math.min(0, Math.max(NOTHING, level)));
    this._levels.push(under);
    this._counts[under] += 1;
    if (this._levels.length > MEMORY / FRAME) this._counts[this._levels.shift()] -= 1;
    const noise = this._rank(0.1);
    const [least, most] = OVER_NOISE;
    this.threshold = noise + Math.max(least, Math.min(most, (this._rank(0.95) - noise) / 3));
  }

  /** The level that this share of the frames does not exceed. */
  _rank(share) {
    let left = share * this._levels.length;
    let under = this._counts.length - 1;
    while (under && (left -= this._counts[under]) > 0) under -= 1;
    return -under;
  }
}
