// Recordings on their way to the service. They go on while the visitor looks at something else.

import { keep } from "./media.js";

const DIRECT_BYTES = 4_000_000;
// A larger file goes past the API to the bucket: API Gateway takes no larger request.

/** By the job's id, or "new" until it has one. */
export const sends = new Map();

/** Begin to send a file. `changed()` is called whenever `done`, `job`, `error` or `ended` did. */
export function send(api, file, fields) {
  const aborting = new AbortController();
  const one = { file, fields, done: 0, total: file.size, job: null, error: null, ended: false };
  const tell = (change) => (Object.assign(one, change), one.changed?.());
  one.cancel = () => aborting.abort();
  sends.set("new", one);
  run();
  return one;

  async function run() {
    const options = {
      progress: (done, total) => tell({ done, total }),
      signal: aborting.signal,
      headers: { Prefer: "respond-async" },
    };
    try {
      if (file.size <= DIRECT_BYTES) {
        const answer = await api.send("POST", "translate", form(), options);
        made(JSON.parse(answer.responseText));
      } else {
        const json = { ...fields, fileName: file.name.slice(-255), size: file.size, contentType: file.type };
        const { job, upload } = await api.json("POST", "uploads", { json, signal: aborting.signal });
        made(job);
        const headers = { "Content-Type": upload.headers["Content-Type"] };
        await api.send(upload.method, upload.url, file, { ...options, headers });
      }
      tell({ ended: true });
    } catch (error) {
      tell({ ended: true, error });
    }
    sends.delete(one.job?.id || "new");
  }

  function form() {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields))
      for (const each of [value].flat()) if (each !== "" && each !== false) data.append(name, each);
    data.append("file", file, file.name);
    return data;
  }

  function made(job) {
    keep(job.id, file);
    if (sends.get("new") === one) sends.delete("new");
    sends.set(job.id, one);
    tell({ job });
  }
}

addEventListener("beforeunload", (event) => {
  if (sends.size) event.preventDefault();
});
