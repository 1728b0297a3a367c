// What a program does with OpenAI's Node SDK: the rows of ../suite.py, in the same words.
//
//     node suite.mjs BASE_URL API_KEY RECORDING

import fs from "node:fs";
import OpenAI, { toFile } from "openai";
import { VERSION } from "openai/version";

const [baseURL, apiKey, path] = process.argv.slice(2);
const audio = fs.readFileSync(path);
const base = new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: 20_000, logLevel: "off" });
// Python's names of the same errors.
const names = { APIConnectionTimeoutError: "APITimeoutError", APIError: "APIStatusError" };

const recording = () => new File([audio], "a.mp3");
const ask = (client, fields = {}, options = {}) =>
  client.audio.translations.create(
    { model: "whisper-1", file: fs.createReadStream(path), ...fields }, options);

const transcribe = (client, fields = {}) =>
  client.audio.transcriptions.create(
    { model: "whisper-1", file: fs.createReadStream(path), ...fields });

async function caught(call) {
  try {
    return { answer: JSON.stringify(await call()) };
  } catch (error) {
    const name = error.constructor.name;
    const seen = { error: names[name] ?? name };
    if (error.status === undefined) return seen;
    const { status, code = null, param = null } = error;
    return { ...seen, status, code, param };
  }
}

// What a program catches for a file of so many bytes, and the error's message.
async function refused(client, size) {
  const file = new File([new Uint8Array(size)], "a.mp3");
  let said;
  const seen = await caught(() => ask(client, { file }).catch((error) => {
    said = error.message;
    throw error;
  }));
  return { ...seen, said };
}

async function text(promise) {
  const answer = await promise;
  return { text: typeof answer === "string" ? answer : answer.text };
}

const rows = {
  "json": (client) => text(ask(client)),
  "verbose_json": async (client) => {
    const answer = await ask(client, { response_format: "verbose_json" });
    const { language, duration, text, segments } = answer;
    return { language, duration: Number(duration), text, segment: segments[0] };
  },
  "text": (client) => text(ask(client, { response_format: "text" })),
  "srt": (client) => text(ask(client, { response_format: "srt" })),
  "vtt": (client) => text(ask(client, { response_format: "vtt" })),
  "ttml, ass and csv": async (client) => {
    const seen = {};
    for (const response_format of ["ttml", "ass", "csv"]) {
      const answer = await ask(client, { response_format });
      seen[response_format] = answer.replace(/^\ufeff/, "").slice(0, 11);
    }
    return seen;
  },
  "words of a translation": async (client) => {
    const { words } = await ask(client, { response_format: "verbose_json", include: ["words"] });
    return {
      words: words.map(({ word }) => word), estimated: words.every(({ estimated }) => estimated),
    };
  },
  "content types": async (client) => {
    const seen = {};
    for (const response_format of ["json", "verbose_json", "text", "srt", "vtt"]) {
      const response = await ask(client, { response_format }).asResponse();
      await response.text();
      seen[response_format] = response.headers.get("content-type");
    }
    return seen;
  },
  "file as a path": (client) => text(ask(client, { file: fs.createReadStream(path) })),
  "file as bytes": async (client) => text(ask(client, { file: await toFile(audio, "a.mp3") })),
  "file as a stream": async (client) => {
    const file = await toFile(fs.createReadStream(path), "a.mp3");
    return text(ask(client, { file }));
  },
  "file with a name": (client) =>
    text(ask(client, { file: new File([audio], "señor.mp3", { type: "audio/mpeg" }) })),
  "file name without an extension": (client) =>
    text(ask(client, { file: new File([audio], "recording") })),
  "prompt and temperature": (client) =>
    text(ask(client, { prompt: "echo: Ñu", temperature: 0.5 })),
  "fields that are not documented": (client) =>
    text(ask(client, { "timestamp_granularities": ["word"] })),
  "unknown response_format": (client) => caught(() => ask(client, { response_format: "mp3" })),
  "no model": (client) => caught(() => ask(client, { model: "" })),
  "temperature out of range": (client) => caught(() => ask(client, { temperature: 2 })),
  "no audio": (client) => caught(() => ask(client, { file: new File(["%PDF-1.7"], "a.mp3") })),
  "an empty file": (client) => caught(() => ask(client, { file: new File([], "a.mp3") })),
  "wrong key": (client) => caught(() => ask(client.withOptions({ apiKey: "wrong-key" }))),
  "4.5 to 10 MB": async (client) => {
    const { said, ...seen } = await refused(client, 5_000_000);
    return { ...seen, "names POST /uploads": said.includes("POST /uploads") };
  },
  "over 10 MB": async (client) => {
    const { said, ...seen } = await refused(client, 11_000_000);
    return { ...seen, says: said.replace(/^413 /, "") };
  },
  "unknown model": (client) => caught(() => ask(client, { model: "no-such-model" })),
  "unknown route": (client) => caught(() => client.get("/nowhere")),
  "provider fails": (client) => caught(() => ask(client, { prompt: "refused" })),
  "provider has no credit": (client) => caught(() => ask(client, { prompt: "no credit" })),
  "client's time-out": (client) => caught(() => ask(client, { prompt: "slow" }, { timeout: 500 })),
  "retry after a 5xx": (client) =>
    text(ask(client, { file: recording(), prompt: "refused once" }, { maxRetries: 2 })),
  "retry after a 429": (client) => text(ask(client, { file: recording() }, { maxRetries: 2 })),
  "request id": async (client) => {
    const { data, request_id } = await ask(client).withResponse();
    return { same: Boolean(request_id) && request_id === data._request_id };
  },
  "base URL that ends with a slash": (client) =>
    text(ask(client.withOptions({ baseURL: `${baseURL}/` }))),
  "models": async (client) => {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    return { "whisper-1": ids.includes("whisper-1") };
  },
  "one model": async (client) => {
    const { id, object, owned_by } = await client.models.retrieve("whisper-1");
    return { id, object, owned_by };
  },
  "no such model": (client) => caught(() => client.models.retrieve("no-such-model")),
  "transcription: json": (client) => text(transcribe(client)),
  "transcription: verbose_json": async (client) => {
    const answer = await transcribe(client, { response_format: "verbose_json" });
    const [{ start, end, text }] = answer.segments;
    return {
      language: answer.language, duration: Number(answer.duration), text: answer.text,
      words: answer.words ?? null, segment: { start, end, text },
    };
  },
  "transcription: words": async (client) => {
    const asked = { response_format: "verbose_json", timestamp_granularities: ["word"] };
    const { words, segments } = await transcribe(client, asked);
    const times = words.flatMap(({ start, end }) => [start, end]);
    return {
      words: words.map(({ word }) => word), segments: segments ?? null,
      "in order": String(times) === String(times.toSorted((one, two) => one - two)),
    };
  },
  "transcription: srt": (client) => text(transcribe(client, { response_format: "srt" })),
  "transcription: language": (client) =>
    text(transcribe(client, { language: "es", prompt: "what language" })),
  "transcription: temperature and prompt": (client) =>
    text(transcribe(client, { prompt: "echo: Ñu", temperature: 0.5 })),
  "transcription: stream": (client) => caught(() => transcribe(client, { stream: true })),
  "transcription: diarized_json": (client) =>
    caught(() => transcribe(client, { response_format: "diarized_json" })),
  "transcription: include logprobs": (client) =>
    caught(() => transcribe(client, { include: ["logprobs"] })),
  "transcription: unknown language": (client) =>
    caught(() => transcribe(client, { language: "klingon" })),
  // The last one: the service asks the provider for nothing until Retry-After is over.
  "rate limit": async (client) => {
    const seen = await caught(() => ask(client, { prompt: "rate limited" }));
    try {
      await ask(client, { prompt: "rate limited" });
    } catch (error) {
      seen["retry-after"] = Number(error.headers.get("retry-after")) > 0;
    }
    return seen;
  },
};

console.log(JSON.stringify({ sdk: "Node", version: VERSION }));
for (const [row, run] of Object.entries(rows)) {
  let saw;
  try {
    saw = await run(base.withOptions({ defaultHeaders: { "X-Row": row } }));
  } catch (error) {
    saw = { raised: `${error.constructor.name}: ${error.message}` };
  }
  console.log(JSON.stringify({ row, saw }));
}
