// The queue of utterances against a server that is scripted and a clock that is turned by hand.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

const page = new URL("../../functions/audio_translation/http_api/page/", import.meta.url);
const { Queue } = await import(new URL("live-queue.js", page));
const { RATE, joined, wav } = await import(new URL("live-sound.js", page));

mock.timers.enable({ apis: ["setTimeout", "Date"] });

const settled = async () => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

async function pass(seconds) {
  for (let tenth = 0; tenth < 10 * seconds; tenth++) {
    mock.timers.tick(100);
    await settled();
  }
}

/** A queue whose server answers each seq with what `script[seq]` has in turn, then with its text. */
function world(script = {}) {
  const seen = { sent: [], texts: [], gaps: [], troubles: [], over: 0, kept: new Map() };
  const open = [];
  const queue = new Queue({
    async send(item) {
      seen.sent.push(item.seq);
      const next = script[item.seq]?.shift();
      if (next === "wait") await new Promise((resolve) => open.push(resolve));
      else if (next) throw Object.assign(new Error("no"), next);
      return { text: `text ${item.seq}` };
    },
    store: {
      put: async (item) => seen.kept.set(item.seq, item),
      remove: async (item) => seen.kept.delete(item.seq),
    },
    told: {
      text: (item, answer) => seen.texts.push(answer.text),
      gap: (item) => seen.gaps.push(item.seq),
      trouble: (error) => seen.troubles.push(error?.message ?? null),
      over: () => (seen.over += 1),
    },
  });
  const add = (...seqs) => {
    for (const seq of seqs) {
      seen.kept.set(seq, {});
      queue.add({ session: "s", seq, wav: new ArrayBuffer(0), fails: 0 });
    }
    return settled();
  };
  return { queue, seen, add, answer: () => (open.shift()(), settled()) };
}

const busy = { status: 502, code: "provider_unavailable" };
const unreached = { code: "unreachable", status: 0 };

test("utterances are sent in order, two at once, and kept until they are answered", async () => {
  const { seen, add, answer } = world({ 0: ["wait"], 1: ["wait"], 2: ["wait"] });
  await add(0, 1, 2);
  assert.deepEqual([seen.sent, seen.texts, [...seen.kept.keys()]], [[0, 1], [], [0, 1, 2]]);
  await answer();
  assert.deepEqual([seen.sent, seen.texts, [...seen.kept.keys()]], [[0, 1, 2], ["text 0"], [1, 2]]);
  await answer();
  await answer();
  assert.deepEqual([seen.texts.length, seen.kept.size], [3, 0]);
});

test("one that failed once is tried again a second later, and is no gap", async () => {
  const { seen, add } = world({ 0: [busy] });
  await add(0);
  await pass(0.9);
  assert.deepEqual(seen.sent, [0]);
  await pass(0.3);
  assert.deepEqual([seen.sent, seen.texts, seen.gaps], [[0, 0], ["text 0"], []]);
});

test("one that failed twice is a gap, and is filled when the others are through", async () => {
  const { seen, add } = world({ 0: [busy, busy], 1: ["wait"] });
  await add(0);
  await pass(2);
  assert.deepEqual([seen.gaps, seen.kept.get(0).fails], [[0], 2]);
  await add(2, 3);
  assert.deepEqual(seen.sent, [0, 0, 2, 3]);
  await pass(6);
  assert.deepEqual([seen.texts, seen.kept.size], [["text 2", "text 3", "text 0"], 0]);
});

test("it waits as long as Retry-After says, with all others when there are too many requests", async () => {
  const { seen, add } = world({ 0: [{ status: 429, code: "rate_limited", retryAfter: 7 }] });
  await add(0);
  await add(1);
  await pass(6.9);
  assert.deepEqual(seen.sent, [0]);
  await pass(0.2);
  assert.deepEqual(seen.sent, [0, 0, 1]);
});

test("a lost network is no failure: nothing is a gap, and all goes on when it is back", async () => {
  const { queue, seen, add } = world({ 0: Array(20).fill(unreached) });
  await add(0, 1, 2);
  await pass(30);
  assert.deepEqual(seen.gaps, []);
  assert.ok(seen.sent.length < 12, `${seen.sent}`);
  const { seen: other, queue: back, add: more } = world({ 0: [unreached] });
  await more(0);
  back.wake();
  await settled();
  assert.deepEqual([other.texts, other.troubles], [["text 0"], ["no", null]]);
  queue.stop();
});

test("who has no key is not asked every second", async () => {
  const { seen, add, queue } = world({ 0: Array(9).fill({ status: 401, code: "invalid_api_key" }) });
  await add(0);
  await pass(59);
  assert.deepEqual(seen.sent, [0]);
  queue.stop();
});

test("what comes after the session's end is kept, and nothing more is sent", async () => {
  const { queue, seen, add } = world({ 0: [{ status: 409, code: "live_ended" }] });
  await add(0);
  await add(1);
  await pass(5);
  assert.deepEqual([seen.sent, seen.over, queue.left.map((one) => one.seq)], [[0], 1, [0, 1]]);
  assert.deepEqual((await queue.finish()).length, 2);
});

test("at the end each gap is tried once more, and what is left is told", async () => {
  const { queue, seen, add } = world({ 0: [busy, busy], 1: [busy, busy, busy] });
  await add(0, 1);
  await pass(1.2);
  assert.deepEqual(seen.gaps, [0, 1]);
  const left = queue.finish();
  await pass(0.5);
  assert.deepEqual((await left).map((one) => one.seq), [1]);
  assert.deepEqual(seen.texts, ["text 0"]);
});

test("nobody has to wait for the end where there is no network", async () => {
  const { queue, add } = world({ 0: Array(9).fill(unreached) });
  await add(0);
  const enough = new AbortController();
  const left = queue.finish(enough.signal);
  await pass(3);
  enough.abort();
  assert.deepEqual((await left).map((one) => one.seq), [0]);
  queue.stop();
});

test("sound is a WAV file of 16 kHz, and several are one with pauses between", () => {
  const [one, other] = [wav(new Float32Array([0, 1, -1, 2])), wav(new Float32Array(RATE))];
  const header = new DataView(one);
  const text = (at) => String.fromCharCode(...new Uint8Array(one, at, 4));
  assert.deepEqual([0, 8, 12, 36].map(text), ["RIFF", "WAVE", "fmt ", "data"]);
  assert.deepEqual([header.getUint32(4, true), header.getUint32(40, true)], [36 + 8, 8]);
  assert.deepEqual([header.getUint16(22, true), header.getUint32(24, true), header.getUint16(34, true)], [1, RATE, 16]);
  assert.deepEqual([...new Int16Array(one, 44)], [0, 32767, -32767, 32767]);
  const both = joined([one, other], 1);
  assert.equal(both.byteLength, 44 + 2 * (4 + RATE + RATE + RATE));
  assert.deepEqual([...new Int16Array(both, 44, 5)], [0, 32767, -32767, 32767, 0]);
});
