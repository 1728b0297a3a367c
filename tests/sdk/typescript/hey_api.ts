// What a program does with the client that @hey-api/openapi-ts makes of /openapi.json. It is
// checked by tsc and run by Node.
//
//     node hey_api.ts BASE_URL API_KEY AUDIO_URL RECORDING

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { client } from "./generated/client.gen.ts";
import {
  createTranslation, deleteJob, getJob, getJobTranslation, listJobs, listModels, prepareUpload,
  translate,
} from "./generated/sdk.gen.ts";
import type { JobView } from "./generated/types.gen.ts";

const [baseUrl, auth, audioFileUrl, recording] = process.argv.slice(2) as [
  string, string, string, string];
const audio = readFileSync(recording);
client.setConfig({ baseUrl, auth });

async function followed(job_id: string): Promise<JobView> {
  for (const ends = Date.now() + 120_000; Date.now() < ends;) {
    const { data, response } = await getJob({ path: { job_id } });
    if (!data) throw new Error(`${response?.status}`);
    if (data.status !== "queued" && data.status !== "running") return data;
    const wait = Number(response?.headers.get("Retry-After"));
    await new Promise((resume) => setTimeout(resume, Math.min(1, wait) * 1000));
  }
  throw new Error(`${job_id} does not end`);
}

function text(data: { text: string } | JobView | undefined): string {
  if (!data || !("text" in data)) throw new Error("no translation");
  return data.text;
}

const plain = await translate({ body: { audioFileUrl } });
const verbose = await translate({ body: { audioFileUrl, responseFormat: "verbose_json" } });
if (!verbose.data || !("segments" in verbose.data)) throw new Error("no segments");
// It takes the type of the first content, and text for a Blob where its type is not text/.
const srt = await translate({ body: { audioFileUrl, responseFormat: "srt" }, parseAs: "text" });
const cues = srt.data as unknown as string;
const made = await translate({ body: { audioFileUrl }, headers: { Prefer: "respond-async" } });
if (!made.data || !("status" in made.data)) throw new Error("no job");
const ended = await followed(made.data.id);
const path = { job_id: ended.id };
const again = await getJobTranslation({ path });
const listed = await listJobs();
const wrong = await translate({ body: { audioFileUrl: "ftp://example.com/a.mp3" } });
const form = await createTranslation({
  body: { file: new File([audio], basename(recording)), model: "whisper-1" },
});
const models = await listModels();
const prepared = await prepareUpload({
  body: { fileName: basename(recording), size: audio.length },
});
if (!prepared.data) throw new Error("no upload");
const { method, url, headers } = prepared.data.upload;
await fetch(url, { method, headers, body: audio });
const uploaded = await followed(prepared.data.job.id);
const deleted = await deleteJob({ path });

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
  deleted: deleted.response?.status,
}));
