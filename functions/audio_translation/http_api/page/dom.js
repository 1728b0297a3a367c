// Makes elements. Text becomes text and never markup: this page knows no innerHTML.

/** An element: functions are listeners, true is an attribute without a value, null is left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button beside the chief one. */
export const button = (text, click, attributes = {}) =>
  h("button", { type: "button", class: "plain", click, ...attributes }, text);

/** A list of terms and what is to be said of each; what is empty is left out. */
export const facts = (pairs) =>
  pairs.filter(([, told]) => told).map(([term, told]) => h("div", {}, h("dt", {}, term), h("dd", {}, told)));

/** Text in a language that need not be the page's; `code` may be unknown. */
export function spoken(text, code, attributes = {}) {
  return h("span", { lang: code || null, dir: "auto", ...attributes }, text);
}

let made = 0;

/** A control with its label, and a hint if there is one. */
export function field(label, control, hint = "") {
  control.id ||= `field-${++made}`;
  const told = hint ? h("small", { id: `${control.id}-hint` }, hint) : null;
  if (told) control.setAttribute("aria-describedby", told.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, told);
}

/** A checkbox with its label behind it. */
export function tick(label, control) {
  control.id ||= `field-${++made}`;
  return h("div", { class: "tick" }, control, h("label", { for: control.id }, label));
}

/** A select with choices of a value and a text each. */
export function choice(choices, chosen = "", attributes = {}) {
  const select = h("select", attributes);
  for (const [value, text] of choices) select.append(new Option(text, value));
  select.value = chosen;
  return select;
}

/** What went wrong, in the words of whoever says it, where a screen reader reads it at once. */
export function problem(error) {
  const code = error.code ? h("code", {}, error.code) : null;
  return h("p", { class: "problem", role: "alert" }, error.message, code ? " " : null, code);
}

/** Replace what an element holds. */
export function show(element, ...children) {
  element.replaceChildren(...children.filter(Boolean));
}

/** A pause that the signal can end. */
export function pause(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
