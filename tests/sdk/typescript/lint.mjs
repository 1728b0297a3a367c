// Prints what Redocly's recommended rules say of a document, as JSON: node lint.mjs DOCUMENT

import { createConfig, lint } from "@redocly/openapi-core";

const config = await createConfig({ extends: ["recommended"] });
const problems = await lint({ ref: process.argv[2], config });
console.log(JSON.stringify(problems.map((one) => [
  one.severity, one.ruleId, one.message, ...one.location.map((place) => place.pointer),
])));
