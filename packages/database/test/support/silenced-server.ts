import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import type { TestDatabase } from '@paikea/database/testing'

/** A test's MariaDB behind a line that can go dead without a word. */
export interface SilencedServer {
  readonly uri: string
  isSilent: boolean
  close(): void
}

export async function startSilencedServer(db: TestDatabase): Promise<SilencedServer> {
  const socketPath = decodeURIComponent(db.uri.replace(/.*unix_socket=/, ''))
  const proxy = createServer((client) => {
    const server = connect(socketPath)
    for (const [one, other] of [[client, server] as const, [server, client] as const])
      one.on('error', () => undefined).on('close', () => other.destroy())
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
    close: () => void proxy.close(),
  }
  return line
}
