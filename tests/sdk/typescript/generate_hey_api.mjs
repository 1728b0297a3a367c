// node generate_hey_api.mjs DOCUMENT FOLDER

import { createClient } from "@hey-api/openapi-ts";

const [input, path] = process.argv.slice(2);
await createClient({
  input,
  logs: { level: "warn", file: false },
  output: { path, module: { extension: ".ts" } },
});
