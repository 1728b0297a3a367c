// What this page can play: files that the visitor gave it, by the job that they were sent for.

const sources = new Map();

/** Keep a file, or the whole URL, to play beside the job's text. */
export const keep = (id, source) => sources.set(id, source);

/** The file or URL of a job, undefined if this page has none. */
export const kept = (id) => sources.get(id);
