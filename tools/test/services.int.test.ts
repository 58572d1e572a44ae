import { createConnection } from 'node:net'

const socket = process.env['PAIKEA_TEST_MARIADB_SOCKET']
const temporal = process.env['PAIKEA_TEST_TEMPORAL_ADDRESS']

/** A MariaDB server speaks first: its greeting names its version. */
async function greeting(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(path)
    connection.once('data', (bytes: Buffer) => {
      connection.destroy()
      resolve(bytes.toString('latin1'))
    })
    connection.once('error', reject)
  })
}

const withMariaDb = socket === undefined ? describe.skip : describe
withMariaDb(`the private MariaDB${socket === undefined ? ' (skipped: no MariaDB server here)' : ''}`, () => {
  test('greets on a socket of its own', async () => {
    expect(await greeting(socket ?? '')).toContain('MariaDB')
  })
})

const withTemporal = temporal === undefined ? describe.skip : describe
withTemporal(
  `the Temporal development server${temporal === undefined ? ' (skipped: no Temporal CLI here)' : ''}`,
  () => {
    test('answers health checks', async () => {
      const { Connection } = await import('@temporalio/client')
      const connection = await Connection.connect({ address: temporal ?? '' })
      await expect(connection.healthService.check({})).resolves.toMatchObject({ status: 1 })
      await connection.close()
    })
  },
)
