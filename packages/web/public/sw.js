/* Keeps the page itself, and the base map, for when there is no network. Answers of the service are not kept here: the
   page keeps what it showed last, with its age. Nothing waits for what is being kept: an answer that is held back holds
   one of the six connections that a browser has for a service. */
const SHELL = 'paikea-shell-2'
const MAP = 'paikea-map-1'
const SHELL_FILES = ['/', '/buoy.svg', '/manifest.webmanifest']
const BASE_MAP = '/map/base.pmtiles'
/** Some releases of the page; the oldest files go first. */
const MAX_FILES = 120
const MAX_MAP_BYTES = 16_000_000
/** Pages and answers that are not this page's: they go to the network as if there were no service worker. */
const NOT_THE_PAGE =
  /^\/(?:v1|docs|shared|set-password|rockblock|rockstar|cloudloop|connection|metrics|healthz|readyz)(?:\/|$)/

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(endOldCaches().then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin || NOT_THE_PAGE.test(pathname)) return
  if (request.mode === 'navigate') event.respondWith(freshPage(event))
  else if (pathname.startsWith('/assets/') || SHELL_FILES.includes(pathname)) event.respondWith(keptFile(event))
  else if (pathname === BASE_MAP) event.respondWith(baseMap(event))
})

/** The page and the files it begins with. */
async function keepShell() {
  const cache = await caches.open(SHELL)
  await cache.addAll(SHELL_FILES)
  const page = await (await cache.match('/')).text()
  await cache.addAll([...new Set(page.match(/\/assets\/[\w.-]+/g))])
}

async function endOldCaches() {
  const names = (await caches.keys()).filter((name) => name.startsWith('paikea-') && ![SHELL, MAP].includes(name))
  await Promise.all(names.map((name) => caches.delete(name)))
}

/** The newest page where there is a network, else the kept one. */
async function freshPage(event) {
  try {
    const answer = await fetch(event.request)
    if (answer.ok) keep(event, '/', answer.clone())
    return answer
  } catch {
    return (await caches.match('/', { cacheName: SHELL })) ?? Response.error()
  }
}

/** Files under /assets/ never change: their names carry a hash of what is in them. */
async function keptFile(event) {
  const kept = await caches.match(event.request, { cacheName: SHELL })
  if (kept !== undefined) return kept
  const answer = await fetch(event.request)
  if (answer.status === 200) keep(event, event.request, answer.clone())
  return answer
}

/** Keeps a copy while the answer is already on its way to the page. */
function keep(event, key, copy) {
  event.waitUntil(
    caches
      .open(SHELL)
      .then(async (cache) => {
        await cache.put(key, copy)
        const files = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith('/assets/'))
        await Promise.all(files.slice(0, Math.max(0, files.length - MAX_FILES)).map((file) => cache.delete(file)))
      })
      // Left half-way, or no room: the network has it the next time.
      .catch(() => undefined),
  )
}

/** The whole base map as it is kept, while this worker runs. */
let kept = null
let keeping = null
let isChecked = false

/** Pieces of the base map come out of the kept file; until there is one from the network, and the file is fetched beside. */
async function baseMap(event) {
  kept ??= await readBaseMap()
  if (kept === null) {
    event.waitUntil(keepBaseMap(null))
    return fetch(event.request)
  }
  if (!isChecked) {
    isChecked = true
    event.waitUntil(keepBaseMap(kept.etag))
  }
  return pieceOf(kept, event.request.headers.get('Range') ?? '')
}

async function readBaseMap() {
  const answer = await caches.match(BASE_MAP, { cacheName: MAP })
  return answer === undefined ? null : { blob: await answer.blob(), etag: answer.headers.get('ETag') ?? '' }
}

/** Fetches the whole file, unless it is the one that is kept; not for who asked the browser to save traffic. */
function keepBaseMap(etag) {
  if (self.navigator.connection?.saveData === true) return Promise.resolve()
  keeping ??= fetchBaseMap(etag)
    // Not now: the next piece that is asked for tries again.
    .catch(() => undefined)
    .finally(() => {
      keeping = null
    })
  return keeping
}

async function fetchBaseMap(etag) {
  const answer = await fetch(BASE_MAP, etag === null ? {} : { headers: { 'If-None-Match': etag } })
  const length = Number(answer.headers.get('Content-Length') ?? Number.NaN)
  if (answer.status !== 200 || !(length <= MAX_MAP_BYTES)) {
    await answer.body?.cancel()
    return
  }
  const cache = await caches.open(MAP)
  await cache.put(BASE_MAP, answer)
  kept = await readBaseMap()
}

function pieceOf({ blob, etag }, range) {
  const headers = { 'Content-Type': 'application/octet-stream', 'Accept-Ranges': 'bytes', ETag: etag }
  const [, first = '', last = ''] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(range) ?? []
  if (first === '') return new Response(blob, { headers })
  const start = Number(first)
  const end = Math.min(last === '' ? Infinity : Number(last), blob.size - 1)
  if (start > end) return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${blob.size}` } })
  return new Response(blob.slice(start, end + 1), {
    status: 206,
    headers: { ...headers, 'Content-Range': `bytes ${start}-${end}/${blob.size}` },
  })
}

/* An alert: shown even where no page is open. What comes is ours, encrypted for this browser alone. */
self.addEventListener('push', (event) => {
  const { title, body, path, tag } = event.data?.json() ?? { title: 'Paikea', body: '', path: '/', tag: 'paikea' }
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon: '/buoy.svg', data: { path } }))
})

/* Opens the page of alerts, in a window that is there already where there is one. */
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const address = new URL(event.notification.data?.path ?? '/', self.location.origin).href
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then(async ([open]) => {
      if (open === undefined) return self.clients.openWindow(address)
      await open.focus()
      return open.navigate(address)
    }),
  )
})
