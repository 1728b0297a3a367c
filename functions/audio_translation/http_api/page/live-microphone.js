// The microphone: asks for it, and gives what the cutter finds as samples of 16 kHz.

import { RATE } from "./live-sound.js";
import { live as words } from "./live-texts.js";

const REASONS = { NotAllowedError: "notAllowed", NotFoundError: "notFound", OverconstrainedError: "notFound" };

/** Fill a choice of microphones; browsers name them once the page may use one. */
export async function offerMicrophones(select, chosen) {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const found = all.filter(({ kind, label, deviceId }) => kind === "audioinput" && label && deviceId !== "default");
  const options = found.map(({ label, deviceId }) => new Option(label, deviceId));
  select.replaceChildren(new Option(words.anyMicrophone, ""), ...options);
  if (found.some(({ deviceId }) => deviceId === chosen)) select.value = chosen;
}

/**
 * Listen until `stop`. `heard` has `utterance({samples, start, end, spoken})` with times of the
 * system's clock, `level({level, speaking})` and `lost()`. Throws an Error with the reason in plain
 * words.
 */
export async function listen(device, heard) {
  if (!navigator.mediaDevices) throw new Error(words.insecure);
  // At the sound card's rate: Firefox takes a microphone at no other.
  const context = new AudioContext();
  let stream;
  const silence = () => {
    stream?.getTracks().forEach((track) => track.stop());
    return context.close();
  };
  let node;
  try {
    context.resume();
    // All is ready before the microphone is on, so that nothing is lost between.
    await context.audioWorklet.addModule(new URL("cutter-worklet.js", import.meta.url));
    node = new AudioWorkletNode(context, "listener");
    const audio = device ? { deviceId: { exact: device } } : true;
    stream = await navigator.mediaDevices.getUserMedia({ audio });
    // It stays silent, but some browsers run only what leads to the loudspeaker.
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
  } catch (error) {
    await silence();
    throw new Error(words[REASONS[error.name] ?? "notReadable"], { cause: error });
  }
  let flushed;
  let last = Promise.resolve();
  node.port.onmessage = ({ data }) => {
    if ("level" in data) heard.level(data);
    else last = last.then(() => take(data));
  };
  for (const track of stream.getTracks()) track.onended = () => heard.lost();

  async function take({ samples, ...times }) {
    if (!samples) return flushed();
    heard.utterance({ samples: await resampled(samples, context.sampleRate), ...times });
  }

  /** End the utterance that is being said; what follows belongs to the next one. */
  async function flush() {
    const done = new Promise((resolve) => (flushed = resolve));
    node.port.postMessage("flush");
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 1000))]);
  }
  return {
    flush,
    async stop() {
      await flush();
      await silence();
    },
  };
}

async function resampled(samples, rate) {
  if (rate === RATE) return samples;
  const context = new OfflineAudioContext(1, Math.ceil((samples.length * RATE) / rate), RATE);
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: rate });
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  source.start();
  return (await context.startRendering()).getChannelData(0);
}
