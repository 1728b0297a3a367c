// Calls the API of another origin and keeps what a page can read of the answers.

import OpenAI from "openai";

const { api, key, audio } = Object.fromEntries(new URLSearchParams(location.search));
const recording = new File([await (await fetch("recording")).arrayBuffer()], "a.mp3");

async function read(response, ...names) {
  const text = await response.text();
  const headers = Object.fromEntries(names.map((name) => [name, response.headers.get(name)]));
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, headers, body: isJson ? JSON.parse(text) : text };
}

const ask = (path, options = {}) => fetch(api + path, {
  ...options,
  headers: { "x-api-key": key, ...options.headers },
});

const post = (path, body, headers = {}) => ask(path, {
  method: "POST",
  body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", ...headers },
});

function form(file) {
  const body = new FormData();
  body.append("model", "whisper-1");
  body.append("file", file);
  return { method: "POST", headers: { Authorization: `Bearer ${key}` }, body };
}

const translations = "/v1/audio/translations";
const calls = {
  "translate": async () => read(
    await post("/translate", { audioFileUrl: audio, responseFormat: "srt", saveSource: true }),
    "X-Request-Id", "X-Model", "Deprecation", "Sunset", "X-Source-Location"),
  "form": async () => read(await fetch(api + translations, form(recording)), "X-Request-Id"),
  "OpenAI's SDK": async () => {
    const client = new OpenAI({
      baseURL: `${api}/v1`, apiKey: key, organization: "org-1", project: "proj-1", maxRetries: 0,
      dangerouslyAllowBrowser: true,
    });
    const call = client.audio.translations.create({ model: "whisper-1", file: recording });
    const { data, request_id } = await call.withResponse();
    return { text: data.text, named: Boolean(request_id) };
  },
  "job": async () => {
    const made = await read(
      await post("/translate", { audioFileUrl: audio },
        { "Prefer": "respond-async", "Idempotency-Key": crypto.randomUUID() }),
      "Location", "Retry-After", "Preference-Applied");
    const at = new URL(made.headers.Location, api).pathname;
    const found = await read(await ask(at), "Retry-After");
    const listed = await read(await ask("/jobs"));
    const deleted = await ask(at, { method: "DELETE" });
    return {
      status: made.status,
      headers: made.headers,
      found: found.body.id === made.body.id,
      listed: listed.body.jobs.map((job) => job.id).includes(made.body.id),
      deleted: deleted.status,
    };
  },
  "upload": async () => read(
    await post("/uploads", { fileName: "a.mp3", size: 1000 }), "Location", "X-Request-Id"),
  "wrong request": async () => read(await post("/translate", {}), "X-Request-Id"),
  "unknown route": async () => read(await fetch(`${api}/nowhere`)),
  "unknown route with a key": async () => read(await ask("/nowhere")),
  "wrong key": async () => read(
    await post("/translate", {}, { "x-api-key": "wrong" }), "X-Request-Id"),
  "over 10 MB": async () => read(
    await fetch(api + translations, form(new File([new Uint8Array(10_500_000)], "a.mp3")))),
};

const seen = {};
for (const [name, call] of Object.entries(calls)) {
  try {
    seen[name] = await call();
  } catch (error) {
    seen[name] = { raised: `${error.name}: ${error.message}` };
  }
}
window.seen = seen;
