import { join } from 'node:path'
import { readTemporalHome } from '@paikea/database'
import { CloudloopClient } from '@paikea/rockblock-client'
import type { Client } from '@temporalio/client'
import { reachableHost } from '../config/reachable-host.ts'
import { createLog } from '../log/create-log.ts'
import { createTemporalSide } from '../process/temporal-side.ts'
import { createVendorClients } from '../process/vendor-clients.ts'
import { sayOther } from '../process/temporal-home.ts'
import { isSame, readIdentity } from '../process/temporal-identity.ts'
import { missingFile } from './existing-store.ts'
import { withStore } from './with-store.ts'
import type { Finding, Installation } from './installation.ts'

const ANSWER_WITHIN_MS = 2_000

/**
 * Checks whether the service of `npm start` is running; `null` for other installations, whose service may run on any
 * machine.
 */
export async function checkService({
  config,
  isStarted,
}: Pick<Installation, 'config' | 'isStarted'>): Promise<Finding | null> {
  if (!isStarted) return null
  const what = 'service'
  const url = `http://${reachableHost(config.http.host)}:${config.http.port}`
  return (await isAnswering(`${url}/healthz`))
    ? { verdict: 'ok', what, detail: `answers at ${url}/` }
    : { verdict: 'stopped', what, detail: `nothing of ours answers at ${url}/; \`npm start\` starts it` }
}

/** Checks that Temporal responds and belongs to this database. */
export async function checkTemporal(installation: Installation): Promise<Finding> {
  const { config, isStarted, isStopped } = installation
  const what = 'Temporal'
  const { temporal, dataFolder } = config
  const log = createLog({ level: 'silent', role: 'doctor' })
  const side = createTemporalSide({ temporal, log, eagerStarter: () => null })
  const isUp = await side.isAnswering()
  const other = isUp ? await findOther(side.client, installation) : null
  await side.close()
  if (other !== null) return { verdict: 'WRONG', what, detail: other }
  const where = `${temporal.connection.address ?? ''}, namespace ${temporal.namespace}`
  if (isUp) return { verdict: 'ok', what, detail: where }
  if (isStopped) return { verdict: 'stopped', what, detail: `${where}; \`npm start\` starts it` }
  const remedy = isStarted
    ? `although the service is running: see ${join(dataFolder, 'logs', 'temporal.log')}`
    : 'set TEMPORAL_ADDRESS, or start it'
  return { verdict: 'WRONG', what, detail: `${where} does not answer${isStarted ? ' ' : ': '}${remedy}` }
}

/** Checks that the vendor, real or simulated, accepts our credentials. */
export async function checkVendor({ config, isStopped }: Installation, ask?: typeof fetch): Promise<Finding> {
  const what = 'RockBLOCK log-in'
  const { modemSender } = createVendorClients(config, ask)
  if (modemSender === null)
    return { verdict: 'ok', what, detail: 'none set (ROCKBLOCK_USER): messages to modems wait until it is' }
  const where = config.vendor.rockblock.url ?? 'the vendor'
  const answer = await modemSender.checkCredentials()
  switch (answer.credentials) {
    case 'right':
      return { verdict: 'ok', what, detail: `right, says ${where}` }
    case 'wrong':
      return { verdict: 'WRONG', what, detail: `wrong, according to ${where}: check ROCKBLOCK_USER and ROCKBLOCK_PASS` }
    case 'not-checked':
      // Only our own simulated vendor stops with us.
      return isStopped && config.vendor.rockblock.url !== null
        ? { verdict: 'stopped', what, detail: `set, for ${where}, which does not answer at the moment` }
        : { verdict: 'WRONG', what, detail: `set, but ${where} cannot check it: ${answer.reason}` }
  }
}

/** Checks that Cloudloop accepts our token; reports nothing if none is set. */
export async function checkCloudloop(
  { config, isStopped }: Installation,
  ask: typeof fetch = fetch,
): Promise<readonly Finding[]> {
  const { token, url } = config.vendor.cloudloop
  if (token === null) return []
  const what = 'Cloudloop token'
  const answer = await new CloudloopClient({ token, fetch: ask, ...(url === null ? {} : { url }) }).checkCredentials()
  const where = url ?? 'the vendor'
  switch (answer.credentials) {
    case 'right':
      return [{ verdict: 'ok', what, detail: `right, says ${where}` }]
    case 'wrong':
      return [{ verdict: 'WRONG', what, detail: `wrong, according to ${where}: check CLOUDLOOP_TOKEN` }]
    case 'not-checked':
      // Only our own simulated vendor stops with us.
      return isStopped && url !== null
        ? [{ verdict: 'stopped', what, detail: `set, for ${where}, which does not answer at the moment` }]
        : [{ verdict: 'WRONG', what, detail: `set, but ${where} cannot check it: ${answer.reason}` }]
  }
}

/**
 * What is wrong with a Temporal that responds; also `null` if the database cannot be queried, which has its own
 * finding.
 */
async function findOther(client: Client, { config, env }: Installation): Promise<string | null> {
  try {
    if (missingFile(config) !== null) return null
    const home = await withStore(env, (db) => readTemporalHome(db))
    if (home === null) return null
    const found = await readIdentity(client, config.temporal.namespace)
    return isSame(home, found) ? null : sayOther(home, found)
  } catch {
    return null
  }
}

async function isAnswering(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    const body: unknown = await response.json()
    return response.ok && typeof body === 'object' && body !== null && 'status' in body && body.status === 'ok'
  } catch {
    return false
  }
}
