/**
 * The devices' live link in its own process, over an existing database: pages need no session, since only the link is
 * measured. Forked by the benchmark; first reports its ports, then answers each message with its statistics.
 */
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { openDatabase } from '@paikea/database'
import { SILENT_LOG } from '@paikea/domain'
import { createHarbourLink } from '@paikea/harbour'

const db = await openDatabase({ uri: process.argv[2] ?? '' })
const link = createHarbourLink({ db, log: SILENT_LOG, device: { port: 0, host: '127.0.0.1' }, relay: null })
const server = createServer((_req, res) => res.end())
server.on('upgrade', (req, socket, first) => {
  const [, id = '0', iam = ''] = (req.url ?? '').split('/')
  const device = { id: Number(id), iam, groupId: 1 }
  const role = 'technician' as const
  const { headers } = req
  link.openPage({ socket: socket as Socket, first, headers, device, user: 'bench', role, renew: async () => role })
})
const devicePort = await link.listen()
await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve))
const { port: pagePort } = server.address() as AddressInfo // it listens on a port

process.on('message', () => process.send?.(link.stats()))
process.on('disconnect', () => {
  void link.close().then(async () => {
    await db.close()
    process.exit(0)
  })
})
process.send?.({ devicePort, pagePort })
