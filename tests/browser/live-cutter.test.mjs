// Where the cutter cuts real speech, in quiet and in noise.
//
//     SPEECH=FOLDER node --test live-cutter.test.mjs
//
// The folder has recordings as raw samples of 16 kHz, 32-bit floats, without silence at both ends.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const page = new URL("../../functions/audio_translation/http_api/page/", import.meta.url);
const { BEFORE, Cutter, LONGEST, PAUSE } = await import(new URL("cutter.js", page));

const RATE = 16000;
const recordings = readdirSync(process.env.SPEECH)
  .sort()
  .map((name) => new Float32Array(readFileSync(`${process.env.SPEECH}/${name}`).buffer.slice(0)));

let seed = 1;
function random() {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

function track(parts, { gain = 0, pause = () => 0.7 + 1.3 * random() } = {}) {
  seed = 7;
  const known = [];
  let at = RATE;
  for (const part of parts) {
    known.push({ start: at, end: at + part.length });
    at += part.length + Math.round(pause() * RATE);
  }
  const samples = new Float32Array(at + RATE);
  known.forEach(({ start }, n) => samples.set(parts[n].map((one) => one * 10 ** (gain / 20)), start));
  return { samples, known };
}

const NOISES = {
  white: (last, white) => white,
  brown: (last, white) => 0.98 * last + white,
  hum: (last, white, at) => Math.sin((2 * Math.PI * 50 * at) / RATE) + 0.05 * white,
};

function noise(kind, level, length) {
  const found = new Float32Array(length);
  for (let at = 0; at < length; at++)
    found[at] = NOISES[kind](found[at - 1] ?? 0, random() + random() + random() - 1.5, at);
  const power = found.reduce((sum, one) => sum + one * one, 0) / length;
  return found.map((one) => (one * 10 ** (level / 20)) / Math.sqrt(power));
}

const mixed = (one, other) => one.map((sample, at) => sample + (other[at] ?? 0));

function cut(samples, { rate = RATE, block = 128 } = {}) {
  const cutter = new Cutter(rate);
  const found = [];
  for (let at = 0; at < samples.length; at += block) {
    const ended = cutter.push(samples.subarray(at, at + block));
    found.push(...ended.map((one) => ({ ...one, told: cutter.at })));
  }
  const last = cutter.flush();
  if (last) found.push({ ...last, told: cutter.at });
  return found;
}

/** Fails unless each recording is one utterance, which holds it whole but for so many seconds. */
function assertEachIsOne(found, known, { faint = 0.15, early = 0.35 } = {}) {
  assert.equal(found.length, known.length);
  found.forEach(({ start, end, speechEnd }, n) => {
    const of = known[n];
    const seconds = (samples) => samples / RATE;
    assert.ok(seconds(start - of.start) <= 0, `utterance ${n} begins ${seconds(start - of.start)} s late`);
    // Noise of the room is speech until it is known, so the first may begin with the sound.
    assert.ok(n === 0 || seconds(start - of.start) >= -early, `${n}: ${seconds(start - of.start)} s`);
    assert.ok(Math.abs(seconds(speechEnd - of.end)) <= faint, `${n} ends ${seconds(speechEnd - of.end)} s off`);
    const after = seconds(end - speechEnd);
    assert.ok(after >= 0 && after <= PAUSE, `${n} goes on for ${after} s`);
  });
}

const short = recordings.filter((one) => one.length < 7.4 * RATE);
const few = short.filter((_, number) => number % 3 === 0);

test("recordings with pauses between them are an utterance each, at their times", () => {
  const { samples, known } = track(short);
  const found = cut(samples);
  assertEachIsOne(found, known);
  for (const { start, end, samples: own } of found) assert.deepEqual(own, samples.slice(start, end));
});

for (const [gain, kind, level, faint] of [
  [0, "white", -65, 0.15],
  [0, "white", -50, 0.15],
  [0, "white", -40, 0.2],
  [0, "white", -30, 0.3],
  [0, "brown", -40, 0.2],
  [0, "brown", -30, 0.2],
  [0, "hum", -30, 0.2],
  [-20, "white", -65, 0.15],
  [-20, "white", -50, 0.25],
]) {
  test(`so they are in ${kind} noise of ${level} dBFS, speech ${gain} dB louder than recorded`, () => {
    const { samples, known } = track(few, { gain });
    assertEachIsOne(cut(mixed(samples, noise(kind, level, samples.length))), known, { faint });
  });
}

test("an utterance is told half a second after its speech, and at most a frame later", () => {
  for (const { speechEnd, told } of cut(track(short).samples).slice(0, -1))
    assert.ok((told - speechEnd) / RATE <= PAUSE + 0.03, `${(told - speechEnd) / RATE} s`);
});

test("speech without pauses is cut after 8 seconds at most, and not a sample is lost or doubled", () => {
  const { samples, known } = track(recordings.slice(0, 20), { pause: () => 0.05 });
  const found = cut(samples);
  assert.ok(found.length >= (known.at(-1).end - known[0].start) / RATE / LONGEST);
  for (const { start, end } of found) assert.ok(end - start <= LONGEST * RATE);
  let joints = 0;
  found.slice(1).forEach(({ start }, n) => {
    const pauses = start - found[n].end;
    assert.ok(pauses >= 0);
    if (pauses === 0) joints += 1;
    // Else there was a pause, and nothing louder than its noise between them.
    else assert.ok(samples.slice(found[n].end, start).every((one) => Math.abs(one) < 0.02), `${n}: ${pauses}`);
  });
  assert.ok(joints > found.length / 2, `${joints} of ${found.length}`);
  const covered = found.filter(({ start, end }) => samples.slice(start, end).length === end - start);
  for (const { start, end, samples: own } of covered) assert.deepEqual(own, samples.slice(start, end));
});

test("a cut without a pause is where it is quiet, not in a vowel", () => {
  const { samples } = track(recordings.slice(0, 20), { pause: () => 0.05 });
  const level = (at) => {
    const around = samples.slice(at - 400, at + 400);
    return 10 * Math.log10(around.reduce((sum, one) => sum + one * one, 0) / around.length + 1e-9);
  };
  const levels = cut(samples).map(({ end }) => level(end)).sort((one, other) => one - other);
  assert.ok(levels[Math.floor(levels.length / 2)] < -35, `${levels}`);
});

test("a pause shorter than half a second does not cut, a longer one does", () => {
  const [one, other] = short.filter((part) => part.length < 3.5 * RATE);
  assert.equal(cut(track([one, other], { pause: () => PAUSE - 0.15 }).samples).length, 1);
  assert.equal(cut(track([one, other], { pause: () => PAUSE + 0.15 }).samples).length, 2);
});

test("how the sound is cut into blocks does not matter", () => {
  const { samples } = track(short.slice(0, 6));
  const places = (block) => cut(samples, { block }).map(({ start, end, samples: own }) => [start, end, own.length]);
  assert.deepEqual(places(1000), places(128));
  assert.deepEqual(places(7), places(128));
});

test("the rate of the sound card does not matter", () => {
  const { samples, known } = track(short.slice(0, 6));
  const at48 = new Float32Array(3 * samples.length);
  for (let at = 0; at < at48.length; at++) {
    const [from, share] = [Math.floor(at / 3), (at % 3) / 3];
    at48[at] = samples[from] * (1 - share) + (samples[from + 1] ?? 0) * share;
  }
  const found = cut(at48, { rate: 3 * RATE });
  const at16 = (place) => Math.round(place / 3);
  assertEachIsOne(
    found.map(({ start, end, speechEnd }) => ({ start: at16(start), end: at16(end), speechEnd: at16(speechEnd) })),
    known,
  );
});

test("silence, steady noise and knocks are no speech", () => {
  const minute = 60 * RATE;
  const knocks = new Float32Array(minute);
  for (let at = RATE; at < minute; at += 3 * RATE) knocks.fill(0.5, at, at + 200);
  assert.equal(cut(new Float32Array(minute)).length, 0);
  assert.equal(cut(knocks).length, 0);
  const speech = (kind, level) => cut(noise(kind, level, minute)).filter(({ start }) => start > 0.1 * RATE);
  for (const [kind, level] of [["white", -70], ["white", -55], ["white", -40], ["hum", -30]])
    assert.deepEqual(speech(kind, level), [], `${kind} of ${level} dBFS`);
  // Rumbling is as uneven as faint speech, and a lost sentence costs more than a second of noise.
  const rumbling = speech("brown", -40).reduce((sum, { start, end }) => sum + end - start, 0);
  assert.ok(rumbling < 0.2 * minute, `${rumbling / RATE} s`);
});

test("a fan that starts is speech for some seconds, and then it is the room's noise", () => {
  const { samples, known } = track(few);
  const from = known[3].end + 0.3 * RATE;
  const fan = new Float32Array(samples.length);
  fan.set(noise("white", -38, samples.length - from), from);
  const after = known.filter(({ start }) => start > from + 10 * RATE);
  const found = cut(mixed(samples, fan)).filter(({ end }) => end > after[0].start);
  assertEachIsOne(found, after, { faint: 0.25 });
});

test("what is being said when the listening ends is an utterance, and the next begins after it", () => {
  const cutter = new Cutter(RATE);
  const { samples, known } = track(short.slice(0, 2), { pause: () => 1 });
  const middle = Math.round((known[0].start + known[0].end) / 2);
  assert.deepEqual(cutter.push(samples.subarray(0, middle)), []);
  const ended = cutter.flush();
  assert.ok(ended.start < known[0].start);
  assert.equal(ended.end, middle);
  assert.equal(cutter.flush(), null);
  const [rest] = cutter.push(samples.subarray(middle, known[1].start));
  assert.equal(rest.start, middle);
});
