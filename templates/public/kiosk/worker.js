// Keeps a kiosk's page on the tablet, so that it opens without a network. The cards are the page's own business.
"use strict";

const BEGINNING = "kiosk-{{ key|escapejs }}-";
const CACHE = BEGINNING + "{{ version }}";
const PAGE = "{{ page|escapejs }}";
const FILES = [{% for file in files %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const PATIENCE = 4000; // ms that a slow network may take before the kept page is shown

async function keepPage(cache, response) {
  if (response.ok && !response.redirected) await cache.put(PAGE, response.clone());
  return response;
}

async function keepAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  const page = await keepPage(cache, await fetch(PAGE, { credentials: "same-origin", cache: "no-store" }));
  // Without the page this version is of no use, and the one before goes on.
  if (!page.ok) throw new Error("The page could not be kept.");
  await self.skipWaiting();
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(BEGINNING) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function openPage(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(PAGE);
  const fresh = fetch(request).then((response) => keepPage(cache, response));
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([fresh.then((response) => (response.status < 500 ? response : kept)).catch(() => kept), late]);
}

async function openFile(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(new URL(request.url).pathname)) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
self.addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === PAGE && !search) event.respondWith(openPage(event.request));
  else if (FILES.includes(pathname)) event.respondWith(openFile(event.request));
});
