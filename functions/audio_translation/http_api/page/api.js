// A client of the API that served this page. The API key is kept for this tab only.

const KEY = "audio-translation-key";

/** An error as the API tells it; `retryAfter` is in seconds, null if it does not say. */
export class ApiError extends Error {
  constructor(message, { code = null, status = 0, param = null, retryAfter = null } = {}) {
    super(message);
    Object.assign(this, { code, status, param, retryAfter });
  }
}

/** `askKey(error)` asks for a key when the service wants one; null if there will be none. */
export function makeApi({ texts, askKey }) {
  let asking = null;

  const key = () => sessionStorage.getItem(KEY);
  const url = (path) => new URL(path.replace(/^\//, ""), document.baseURI).href;

  function headers(path, given = {}) {
    if (!key()) return given;
    const bearer = /^\/?(v1\/|asr$|detect-language$)/.test(path);
    return { ...given, ...(bearer ? { Authorization: `Bearer ${key()}` } : { "x-api-key": key() }) };
  }

  /** Whether there is another key now. Questions that come meanwhile wait for the same answer. */
  async function newKey(error, used) {
    if (key() !== used) return true;
    asking ||= askKey(used ? error : null).finally(() => (asking = null));
    const given = await asking;
    if (given) sessionStorage.setItem(KEY, given);
    return Boolean(given);
  }

  const refused = (status) => status === 401 || status === 403;

  /** The Response of a request; `json` is sent as JSON. Throws ApiError. */
  async function call(method, path, { json, body, headers: given, signal } = {}) {
    const used = key();
    const sent = json === undefined ? given : { "Content-Type": "application/json", ...given };
    let answer;
    try {
      answer = await fetch(url(path), {
        method,
        headers: headers(path, sent),
        body: json === undefined ? body : JSON.stringify(json),
        signal,
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ApiError(texts.api.unreachable, { code: "unreachable" });
    }
    if (answer.ok) return answer;
    const error = await told(answer.status, await answer.text(), (name) => answer.headers.get(name));
    if (refused(answer.status) && (await newKey(error, used)))
      return call(method, path, { json, body, headers: given, signal });
    throw error;
  }

  /** Send a body with XMLHttpRequest, which tells how far it is: `progress(sent, total)`, bytes. */
  async function send(method, path, body, { headers: given = {}, progress, signal } = {}) {
    const used = key();
    const ours = !/^https?:/.test(path);
    const answer = await new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, ours ? url(path) : path);
      const sent = ours ? headers(path, given) : given;
      for (const [name, value] of Object.entries(sent)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => progress?.(event.loaded, event.total);
      request.onload = () => resolve(request);
      request.onerror = () => reject(new ApiError(texts.api.unreachable, { code: "unreachable" }));
      request.onabort = () => reject(new DOMException("Aborted", "AbortError"));
      signal?.addEventListener("abort", () => request.abort(), { once: true });
      signal?.aborted ? request.onabort() : request.send(body);
    });
    if (answer.status < 300) return answer;
    const error = told(answer.status, answer.responseText, (name) => answer.getResponseHeader(name));
    if (ours && refused(answer.status) && (await newKey(error, used)))
      return send(method, path, body, { headers: given, progress, signal });
    throw error;
  }

  function told(status, text, header) {
    const retryAfter = Number(header("retry-after")) || null;
    try {
      const { message, code, param } = JSON.parse(text).error;
      return new ApiError(message, { code, param, status, retryAfter });
    } catch {
      return new ApiError(texts.api.status(status), { status, retryAfter });
    }
  }

  return {
    call,
    send,
    url,
    json: async (method, path, options) => (await call(method, path, options)).json(),
    hasKey: () => Boolean(key()),
    forgetKey: () => sessionStorage.removeItem(KEY),
  };
}
