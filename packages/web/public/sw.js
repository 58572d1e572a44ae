/* Keeps the page itself for when there is no network. Answers of the service are not kept here: the page keeps what it showed last, with its age. */
const SHELL = 'paikea-shell-1'
const SHELL_FILES = ['/', '/buoy.svg', '/manifest.webmanifest']

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(SHELL_FILES))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate' && !url.pathname.startsWith('/v1/')) event.respondWith(freshPage(request))
  else if (url.pathname.startsWith('/assets/') || SHELL_FILES.includes(url.pathname))
    event.respondWith(keptFile(request))
})

/** The newest page where there is a network, else the kept one. */
async function freshPage(request) {
  const cache = await caches.open(SHELL)
  try {
    const answer = await fetch(request)
    if (answer.ok) await cache.put('/', answer.clone())
    return answer
  } catch {
    return (await cache.match('/')) ?? Response.error()
  }
}

/** Files under /assets/ never change: their names carry a hash of what is in them. */
async function keptFile(request) {
  const cache = await caches.open(SHELL)
  const kept = await cache.match(request)
  if (kept !== undefined) return kept
  const answer = await fetch(request)
  if (answer.ok && answer.status === 200) await cache.put(request, answer.clone())
  return answer
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
