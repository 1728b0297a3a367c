// What a program does with the types that openapi-typescript makes of /openapi.json, and
// openapi-fetch. It is checked by tsc and run by Node.
//
//     node openapi_fetch.ts BASE_URL API_KEY AUDIO_URL RECORDING

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import createClient from "openapi-fetch";
import type { components, paths, webhooks } from "./generated.d.ts";

type Job = components["schemas"]["JobView"];
export type Callback =
  webhooks["jobEnded"]["post"]["requestBody"]["content"]["application/json"]["data"]["status"];

const [baseUrl, key, audioFileUrl, recording] = process.argv.slice(2) as [
  string, string, string, string];
const audio = readFileSync(recording);
// Without the second type `data` may be a string as well, because of srt and the like.
const client = createClient<paths, "application/json">({
  baseUrl, headers: { "x-api-key": key },
});
const openai = createClient<paths, "application/json">({
  baseUrl, headers: { authorization: `Bearer ${key}` },
});

async function followed(job_id: string): Promise<Job> {
  for (const ends = Date.now() + 120_000; Date.now() < ends;) {
    const { data, response } = await client.GET("/jobs/{job_id}", { params: { path: { job_id } } });
    if (!data) throw new Error(`${response.status}`);
    if (data.status !== "queued" && data.status !== "running") return data;
    const wait = Number(response.headers.get("Retry-After"));
    await new Promise((resume) => setTimeout(resume, Math.min(1, wait) * 1000));
  }
  throw new Error(`${job_id} does not end`);
}

function text(data: { text: string } | Job | undefined): string {
  if (!data || !("text" in data)) throw new Error("no translation");
  return data.text;
}

const plain = await client.POST("/translate", { body: { audioFileUrl } });
const verbose = await client.POST("/translate", {
  body: { audioFileUrl, responseFormat: "verbose_json" },
});
if (!verbose.data || !("segments" in verbose.data)) throw new Error("no segments");
const srt = await client.POST("/translate", {
  body: { audioFileUrl, responseFormat: "srt" }, parseAs: "text",
});
const cues = String(srt.data);
const made = await client.POST("/translate", {
  body: { audioFileUrl }, params: { header: { Prefer: "respond-async" } },
});
if (!made.data || !("status" in made.data)) throw new Error("no job");
const ended = await followed(made.data.id);
const path = { job_id: ended.id };
const again = await client.GET("/jobs/{job_id}/translation", { params: { path } });
const listed = await client.GET("/jobs");
const wrong = await client.POST("/translate", { body: { audioFileUrl: "ftp://example.com/a.mp3" } });
const form = await openai.POST("/v1/audio/translations", {
  body: { file: recording, model: "whisper-1" },
  bodySerializer: (fields) => {
    const sent = new FormData();
    for (const [name, value] of Object.entries(fields)) sent.set(name, String(value));
    sent.set("file", new File([audio], basename(recording)));
    return sent;
  },
});
const models = await openai.GET("/v1/models");
const prepared = await client.POST("/uploads", {
  body: { fileName: basename(recording), size: audio.length },
});
if (!prepared.data) throw new Error("no upload");
const { method, url, headers } = prepared.data.upload;
await fetch(url, { method, headers, body: audio });
const uploaded = await followed(prepared.data.job.id);
const deleted = await client.DELETE("/jobs/{job_id}", { params: { path } });

console.log(JSON.stringify({
  json: text(plain.data),
  verbose_json: [verbose.data.text, verbose.data.language, verbose.data.segments?.length],
  srt: cues.split("\n")[0],
  job: ended.status,
  translation: text(again.data),
  listed: listed.data?.jobs.some((one) => one.id === ended.id),
  error: [wrong.error?.error.code, wrong.error?.error.param],
  form: text(form.data),
  "whisper-1": models.data?.data.some((one) => one.id === "whisper-1"),
  uploaded: uploaded.status,
  deleted: deleted.response.status,
}));
