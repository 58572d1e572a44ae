// The live link as a process, from the built package, under the runtime it is started with. Pages come in without a log-in:
// their address says who they are. Prints the ports.
import { createServer } from 'node:http'
import process from 'node:process'
import { openDatabase } from '@paikea/database'
import { createHarbourLink } from '@paikea/harbour'

const options = JSON.parse(process.argv[2] ?? '{}')
const db = await openDatabase({ uri: options.uri })
const say = (kind, event, fields) => process.stdout.write(`LOG ${kind} ${event} ${JSON.stringify(fields ?? {})}\n`)
const link = createHarbourLink({
  db,
  log: {
    info: (event, fields) => say('info', event, fields),
    warn: (event, fields) => say('warn', event, fields),
    error: (event, fields) => say('error', event, fields),
  },
  device: { port: 0, host: '127.0.0.1' },
  relay: { port: 0, host: '127.0.0.1' },
  limits: { handshakeMs: 1500, updaterAgeMs: options.updaterAgeMs ?? 30_000, renewMs: 500 },
})
const demoted = new Set()
const server = createServer((req, res) => {
  const url = new URL(req.url ?? '', 'http://x')
  if (url.pathname === '/demote') demoted.add(url.searchParams.get('user'))
  if (url.pathname === '/updater') {
    void link.switchToUpdater(url.searchParams.get('iam') ?? '').then((outcome) => res.end(outcome))
    return
  }
  if (url.pathname === '/stats') {
    res.end(JSON.stringify({ ...link.stats(), rss: process.memoryUsage().rss }))
    return
  }
  res.end('people')
})
server.on('upgrade', (req, socket, first) => {
  const { searchParams } = new URL(req.url ?? '', 'http://x')
  const user = searchParams.get('user') ?? ''
  const device = { id: Number(searchParams.get('id')), iam: searchParams.get('iam') ?? '', groupId: 1 }
  const role = searchParams.get('role') ?? 'viewer'
  link.openPage({
    socket,
    first,
    headers: req.headers,
    device,
    user,
    role,
    renew: async () => (demoted.has(user) ? null : role),
  })
})
const port = await link.listen()
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`PORTS ${port} ${server.address().port}\n`)
})
process.once('SIGTERM', () => {
  void link
    .close()
    .then(() => db.close())
    .then(() => process.exit(0))
})
