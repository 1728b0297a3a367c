// What the visitor chose, kept in the browser for the next time. No key and no text is among it.

const NAME = "audio-translation-settings";
const CODES =
  "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr " +
  "ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc " +
  "pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh";

/** `get(name, otherwise)`, `set(name, value)`, and `languages`: pairs of a code and a name. */
export function makeSettings(locale = "en") {
  const known = read();
  const names = new Intl.DisplayNames([locale], { type: "language" });
  // Whisper's code of Javanese is an old one, which browsers do not know.
  const name = (code) => names.of(code === "jw" ? "jv" : code);
  const languages = CODES.split(" ").map((code) => [code, name(code)]);
  languages.sort(([, one], [, other]) => one.localeCompare(other, locale));
  return {
    languages,
    languageName(code) {
      try {
        return name(code);
      } catch {
        return code;
      }
    },
    /** The code of a language that the API calls by its English name. */
    codeOf: (english) => english && languages.find(([, is]) => is.toLowerCase() === english)?.[0],
    get: (key, otherwise = "") => known[key] ?? otherwise,
    set(key, value) {
      known[key] = value;
      try {
        localStorage.setItem(NAME, JSON.stringify(known));
      } catch {
        // A browser that keeps nothing forgets it with the page.
      }
    },
  };
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) || {};
  } catch {
    return {};
  }
}
