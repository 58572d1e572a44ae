// Serves one job with fixed files behind an HTTP server that knows other paths too, from the built package, under the
// runtime it is started with. Prints its port.
import { Buffer } from 'node:buffer'
import { createServer } from 'node:http'
import process from 'node:process'
import { createDeviceHttp } from '@paikea/harbour'

const files = {
  './empty.py': Buffer.alloc(0),
  './all.bin': Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256)),
}
let registered = 0
const desk = {
  async register({ iam }) {
    registered += 1
    return iam === null || iam === 'TEST' ? `PK00${registered}` : iam
  },
  check: async ({ iam }) => ({ jobId: iam === 'PK001' ? 7 : null, isKnown: iam === 'PK001' }),
  async findJob({ jobId }) {
    if (jobId !== '7') return null
    return { id: 7, metadata: '{"size":1}', readFile: async (path) => files[path] ?? null }
  },
  currentJob: async () => 7,
  complete: async () => 7,
}
const device = createDeviceHttp({
  desk,
  addressOf: (peer, forwarded) => forwarded ?? peer,
  log: { info() {}, warn() {}, error() {} },
  limits: { registersPerMinute: 40, missesPerMinute: 1000 },
  connection: { requestMs: 700, lingerMs: 2000 },
})
const server = createServer((req, res) => {
  if (device.handle(req, res)) return
  let body = ''
  req.on('data', (piece) => (body += piece.toString()))
  req.on('end', () => res.end(`people ${req.url} ${body}`))
})
device.attach(server)
server.listen(0, '127.0.0.1', () => process.stdout.write(`PORT ${server.address().port}\n`))
