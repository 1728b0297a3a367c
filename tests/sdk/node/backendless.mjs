// What a program does with Backendless' SDK, a line of JSON for each call.
//
//     node backendless.mjs SERVER_URL APP_ID API_KEY AUDIO_URL

import Backendless from "backendless";

const [serverURL, appId, apiKey, audioFileUrl] = process.argv.slice(2);
const app = (more) => Backendless.initApp({ standalone: true, serverURL, ...more });
const ours = { appId, apiKey };
const ask = (client, parameters = {}, options) =>
  client.CustomServices.invoke(
    "OpenAIAudioTranslation", "translate", { audioFileUrl, ...parameters }, options);

async function say(name, call) {
  let saw;
  try {
    saw = { answer: await call() };
  } catch (error) {
    const { message, code, status } = error;
    saw = { error: message, code, status };
  }
  process.stdout.write(`${JSON.stringify({ name, saw })}\n`);
}

const client = app(ours);
await say("app info", () => client.appInfoPromise());
for (const responseFormat of ["json", "text", "srt", "verbose_json", "vtt"]) {
  await say(responseFormat, () => ask(client, { responseFormat }));
}
await say("texts for values", () => ask(client, { temperature: "0", saveSource: "false" }));
await say("unknown field", () => ask(client, { language: "es" }));
await say("wrong value", () => ask(client, { temperature: 2 }));
await say("no url", () => client.CustomServices.invoke("OpenAIAudioTranslation", "translate", {}));
await say("nothing sent", () => client.CustomServices.invoke("OpenAIAudioTranslation", "translate"));
await say("async", () => ask(client, {}, Backendless.BL.ExecutionTypes.ASYNC));
await say("another service", () => client.CustomServices.invoke("Other", "translate", {}));
await say("wrong key", () => ask(app({ appId, apiKey: "wrong-key" })));
await say("below /api", () => ask(app({ ...ours, serverURL: `${serverURL}/api` })));
const headers = { httpRequestHeaders: { "x-api-key": apiKey } };
await say("own domain", () => ask(app({ domain: serverURL }), {}, headers));
await say("own domain without a key", () => ask(app({ domain: serverURL })));
// What Codeless makes of a block that calls a service.
await say("codeless", () =>
  Backendless.Request.post(`${client.appPath}/services/OpenAIAudioTranslation/translate`)
    .set("Content-Type", "application/json")
    .send({ audioFileUrl }));
