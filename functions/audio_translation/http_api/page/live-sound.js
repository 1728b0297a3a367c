// Sound as WAV files: 16 kHz, one channel, 16 bits.

export const RATE = 16000;
// Bytes.
const HEADER = 44;

/** A WAV file of samples from -1 to 1, as an ArrayBuffer. */
export function wav(samples) {
  const file = empty(samples.length);
  const most = 32767;
  new Int16Array(file, HEADER).set(samples.map((one) => Math.round(most * Math.max(-1, Math.min(1, one)))));
  return file;
}

/** One WAV file of several, with `pause` seconds of silence after each. */
export function joined(files, pause = 1) {
  const parts = files.map((file) => new Int16Array(file, HEADER));
  const file = empty(parts.reduce((sum, part) => sum + part.length + pause * RATE, 0));
  let at = 0;
  for (const part of parts) {
    new Int16Array(file, HEADER).set(part, at);
    at += part.length + pause * RATE;
  }
  return file;
}

function empty(samples) {
  const bytes = 2 * samples;
  const file = new ArrayBuffer(HEADER + bytes);
  // Numbers of 32 bits, the lower end first, as all machines with a browser have them.
  const [riff, wave, fmt, data] = ["RIFF", "WAVE", "fmt ", "data"].map(
    (name) => new Uint32Array(new TextEncoder().encode(name).buffer)[0],
  );
  const [pcm, channels, bits] = [1, 1, 16];
  const kind = [16, pcm + (channels << 16), RATE, 2 * RATE, 2 + (bits << 16)];
  new Uint32Array(file, 0, HEADER / 4).set([riff, HEADER - 8 + bytes, wave, fmt, ...kind, data, bytes]);
  return file;
}
