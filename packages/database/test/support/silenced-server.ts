import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestDatabase } from '@paikea/database/testing'

/** A test's MariaDB behind a line that can go dead without a word. */
export interface SilencedServer {
  readonly uri: string
  isSilent: boolean
  close(): void
}

export async function startSilencedServer(db: TestDatabase): Promise<SilencedServer> {
  const socketPath = decodeURIComponent(db.uri.replace(/.*unix_socket=/, ''))
  const open = new Set<Socket>()
  const proxy = createServer((client) => {
    const server = connect(socketPath)
    open.add(client)
    for (const [one, other] of [[client, server] as const, [server, client] as const])
      one.on('error', () => undefined).on('close', () => other.destroy())
    client.on('close', () => open.delete(client))
    client.on('data', (bytes) => {
      if (!line.isSilent) server.write(bytes)
    })
    server.pipe(client)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo // it listens on TCP
  const line: SilencedServer = {
    uri: `mysql://root@127.0.0.1:${port}/${db.sequelize.getDatabaseName()}`,
    isSilent: false,
    close() {
      proxy.close()
      // A connection that was begun in the silence would live on to its time limit.
      for (const client of open) client.destroy()
    },
  }
  return line
}
