// Igoon's service worker: keeps the app's own files in this browser, so that it opens at once and without the server.
//
// Three constants stand in front of this text when the server sends it (server/src/http/assets/service_worker.rs):
//   BUILD      names the contents of all files together
//   FILES      each file's path, with the hash that its contents must have (Subresource Integrity)
//   FROM_DISK  the files may change at any time (a debug server): what is kept serves only while the server is away
//
// A build is kept whole or not at all, and a page gets all its files from one build. Nothing else is ever kept here: no
// answer of the API, no message, no key. What people see is stored by the app itself, encrypted.

const CACHE = `igoon-${BUILD}`;

// What the server answers itself when somebody opens it as a page.
const OF_THE_SERVER = ["/api/", "/health/", "/admin/", "/metrics"];

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(dropOthers()));
self.addEventListener("fetch", (event) => {
  const path = keptPath(event.request);
  if (path !== null) event.respondWith(answer(event.request, path));
});
self.addEventListener("message", (event) => {
  // The person wants the new version now.
  if (event.data === "take-over") self.skipWaiting();
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openRoom(event.notification.data));
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(Object.keys(FILES).map(async (path) => cache.put(path, await fetched(path))));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
  if (FROM_DISK) await self.skipWaiting();
}

// A file with the contents that this build says. What the browser's own cache has may be older.
async function fetched(path) {
  const integrity = FILES[path];
  const response = await fetch(path, { integrity }).catch(() => fetch(path, { integrity, cache: "reload" }));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

async function dropOthers() {
  const others = (await caches.keys()).filter((name) => name.startsWith("igoon-") && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

// The file that answers a request; null where that is not this worker's business.
function keptPath(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return null;
  if (url.pathname !== "/" && Object.hasOwn(FILES, url.pathname)) return url.pathname;
  // Every other address that is opened is the app's own; it looks at the address itself.
  const opened = request.mode === "navigate" && !OF_THE_SERVER.some((prefix) => url.pathname.startsWith(prefix));
  return opened ? "/" : null;
}

async function answer(request, path) {
  if (FROM_DISK) {
    const response = await fetch(request).catch(() => null);
    if (response !== null) return response;
  }
  if (request.mode === "navigate" && self.registration.waiting !== null) {
    const pages = await self.clients.matchAll({ type: "window" });
    if (pages.length < 2) {
      // The page is being loaded anew and no other one needs this build: the next one takes over.
      self.registration.waiting.postMessage("take-over");
      return new Response("", { headers: { Refresh: "0" } });
    }
  }
  return (await caches.match(path, { cacheName: CACHE })) ?? fetch(request);
}

// A notification was chosen: the window that was used last comes to the front and shows the room.
async function openRoom(room) {
  const [page] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (page === undefined) return self.clients.openWindow(`/room/${room}`);
  page.postMessage({ room });
  return page.focus();
}
