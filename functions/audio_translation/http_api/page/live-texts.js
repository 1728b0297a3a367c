// What the live captions say, in English. Another language is another object of the same names.

const utterances = (count) => (count === 1 ? "1 utterance" : `${count} utterances`);
const of = (direction) => (direction ? `: ${direction}` : "");

export const live = {
  intro: "What is said into the microphone appears here in another language, a sentence at a time.",
  mode: "What for",
  captions: "Captions",
  conversation: "Conversation, two languages",
  target: "Language of the captions",
  source: "Language spoken",
  anySource: "Any",
  first: "Language of the first side",
  second: "Language of the second side",
  keywords: "Names and terms",
  keywordsHint: "With commas between them.",
  microphone: "Microphone",
  anyMicrophone: "The browser's choice",
  showSource: "Show what was said, too",
  begin: "Start",
  sameLanguage: "Both sides speak the same language. Choose another for one of them.",
  unended: "Not ended yet",
  from: (time) => `Captions from ${time}`,
  elsewhere: "These captions run in another tab or browser, which has the microphone.",
  watch: "Watch them",

  notAllowed:
    "This page may not use the microphone. Allow it in the browser's address bar or the system's settings.",
  notFound: "There is no such microphone. Connect one or choose another.",
  notReadable: "The microphone gives no sound. Close other programs that use it.",
  insecure: "Browsers give a microphone only to pages that come over https, or from this machine.",
  lost: "The microphone was disconnected. Connect it or choose another.",

  pause: "Pause",
  goOn: "Go on",
  end: "End",
  level: "Level of the microphone",
  time: "Time since the start",
  log: "Captions",
  listening: "Listening",
  paused: "Paused",
  reloaded: "The microphone is off until you go on.",
  noSound: "No sound arrives. Is the microphone muted?",
  offline: (count) => `No connection. Kept here until there is one: ${utterances(count)}.`,
  trouble: (message) => `Not all could be translated yet; it is tried again. ${message}`,
  over: "The session has ended. What was said after that is kept here; End sends it as a job.",
  speaks: (language) => `${language} speaks`,
  speaksHint: "Keys 1 and 2, or the arrow keys, say who speaks.",
  fromTo: (from, to) => `${from} to ${to}`,
  download: (direction) => `Download so far${of(direction)}`,
  projector: "Open a window for a projector",

  sending: (count) => `Sending what is left: ${utterances(count)} …`,
  dontWait: "Do not wait",
  ended: "Ended",
  job: (direction) => `Open the finished translation${of(direction)}`,
  missing: (direction) => `Open what was not translated and was sent again${of(direction)}`,
  again: "Start anew",

  fill: "Fill the screen",
  keys: "Keys: + − 0 F",
  waiting: "Captions appear here.",
};
