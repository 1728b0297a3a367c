// WebVTT as the API writes it, to cues.

const TIMES = /^(?:(\d+):)?(\d\d):(\d\d)\.(\d{3}) --> (?:(\d+):)?(\d\d):(\d\d)\.(\d{3})/;
const SIGNS = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&nbsp;": "\u00a0", "&lrm;": "\u200e", "&rlm;": "\u200f" };

/** Cues with `start` and `end` in seconds, `lines`, and the `voice` if one is named. */
export function cuesOf(vtt) {
  return vtt.split(/\n{2,}/).flatMap((block) => {
    const rows = block.split("\n").filter(Boolean);
    const at = rows.findIndex((row) => TIMES.test(row));
    if (at < 0) return [];
    const [start, end] = times(rows[at].match(TIMES).slice(1).map((part) => Number(part || 0)));
    const text = rows.slice(at + 1).join("\n");
    const voice = text.match(/^<v ([^>]*)>/)?.[1];
    return [{ start, end, voice: voice && plain(voice), lines: plain(text).split("\n") }];
  });
}

function times([h1, m1, s1, ms1, h2, m2, s2, ms2]) {
  const seconds = (h, m, s, ms) => h * 3600 + m * 60 + s + ms / 1000;
  return [seconds(h1, m1, s1, ms1), seconds(h2, m2, s2, ms2)];
}

function plain(text) {
  return text.replace(/<[^>]*>/g, "").replace(/&(lt|gt|amp|nbsp|lrm|rlm);/g, (sign) => SIGNS[sign]);
}
