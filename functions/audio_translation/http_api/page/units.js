// Sizes, times and dates as people read them.

import { texts } from "./texts.js";

const { units } = texts;

export function size(bytes) {
  const round = (number) => Math.round(number * 10) / 10;
  if (bytes < 1000) return units.bytes(bytes);
  if (bytes < 1e6) return units.kb(Math.round(bytes / 1000));
  return bytes < 1e9 ? units.mb(round(bytes / 1e6)) : units.gb(round(bytes / 1e9));
}

/** How long something takes: 42 s, 3 min 5 s, 2 h 10 min. */
export function length(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return units.seconds(whole);
  if (whole < 3600) return units.minutes(Math.floor(whole / 60), whole % 60);
  return units.hours(Math.floor(whole / 3600), Math.floor((whole % 3600) / 60));
}

/** A moment of a recording: 0:07, 1:02:03. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}

export const day = (iso) =>
  new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
