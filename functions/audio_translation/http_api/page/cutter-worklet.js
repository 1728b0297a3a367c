// Listens beside the page, so that a busy page loses no sound, and posts what the cutter finds.

import { Cutter } from "./cutter.js";

// Seconds between two levels.
const METER = 0.05;

class Listener extends AudioWorkletProcessor {
  constructor() {
    super();
    this._cutter = new Cutter(sampleRate);
    this._told = 0;
    this.port.onmessage = () => {
      this._tell(this._cutter.flush());
      this.port.postMessage({});
    };
  }

  process([[...channels]]) {
    const { _cutter: cutter, port } = this;
    const [block] = channels;
    // Nothing is connected yet.
    if (!block) return true;
    const mixed = block.map((_, at) => channels.reduce((sum, one) => sum + one[at], 0) / channels.length);
    for (const one of cutter.push(mixed)) this._tell(one);
    if (cutter.at - this._told > METER * sampleRate) {
      this._told = cutter.at;
      port.postMessage({ level: cutter.level, speaking: Boolean(cutter.open) });
    }
    return true;
  }

  /** `start`, `end` and `spoken` are milliseconds of the system's clock. */
  _tell(utterance) {
    if (!utterance) return;
    const { samples } = utterance;
    const time = (place) => Date.now() - (1000 * (this._cutter.at - place)) / sampleRate;
    const [start, end, spoken] = ["start", "end", "speechEnd"].map((name) => time(utterance[name]));
    this.port.postMessage({ samples, start, end, spoken }, [samples.buffer]);
  }
}

registerProcessor("listener", Listener);
