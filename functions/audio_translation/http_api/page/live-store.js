// What must survive a reload, in IndexedDB: the sessions that go on, and what was not answered yet.

/** Throws a DOMException where the browser keeps nothing. */
export async function openStore() {
  const request = indexedDB.open("audio-translation-live", 1);
  request.onupgradeneeded = () => {
    for (const name of ["sessions", "utterances"]) request.result.createObjectStore(name);
  };
  const database = await asked(request);
  const ask = (name, method, ...values) =>
    asked(database.transaction(name, "readwrite").objectStore(name)[method](...values));
  const store = {
    sessions: () => ask("sessions", "getAll"),
    putSession: (session) => ask("sessions", "put", session, session.id),
    put: (item) => ask("utterances", "put", item, keyOf(item)),
    remove: (item) => ask("utterances", "delete", keyOf(item)),
    async utterances(session) {
      return (await ask("utterances", "getAll")).filter((item) => item.session === session);
    },
    async forget(session) {
      for (const item of await store.utterances(session)) await store.remove(item);
      await ask("sessions", "delete", session);
    },
  };
  return store;
}

const keyOf = ({ session, seq }) => `${session}/${seq}`;

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
