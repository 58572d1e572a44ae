import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { reachableHost } from '@paikea/server/config'
import { type DemoDevice, demoFleet } from '@paikea/simulator'
import { errorCode } from '../services/error-code.ts'
import type { Installation } from './installation.ts'
import { StartError } from './start-error.ts'

const REQUEST_WITHIN_MS = 10_000

/** What earlier starts have registered: devices that a user has removed since are not recreated. */
interface DemoRecord {
  readonly devices: readonly string[]
  readonly hasRoute: boolean
}

/** The part of the demo fleet that is not registered yet. */
export interface DemoPlan {
  readonly missing: readonly DemoDevice[]
  readonly route: { readonly iam: string; readonly imei: string } | null
}

/** Determines what this start has to register. */
export function planDemo({ flags, folders }: Installation): DemoPlan {
  if (!flags.hasSimulator) return { missing: [], route: null }
  const record = readRecord(recordFile(folders.run))
  const fleet = demoFleet(flags.demoFleet)
  const buoy = fleet.find((device) => device.kind === 'buoy')
  const handset = fleet.find((device) => device.kind === 'handset')
  return {
    missing: fleet.filter((device) => !record.devices.includes(device.iam)),
    route:
      record.hasRoute || buoy === undefined || handset === undefined ? null : { iam: buoy.iam, imei: handset.imei },
  }
}

/** Whether there is nothing to register. */
export function isEmpty(plan: DemoPlan): boolean {
  return plan.missing.length === 0 && plan.route === null
}

/** Registers devices and the route as a user would, through the API. @throws StartError */
export async function registerDemo(installation: Installation, plan: DemoPlan, token: string): Promise<void> {
  const { flags, folders } = installation
  const call = caller(`http://${reachableHost(flags.host)}:${flags.port}`, token)
  for (const { kind, iam, imei, label, generation } of plan.missing) {
    await call('/v1/devices', { kind, iam, imei, label, generation })
  }
  if (plan.route !== null) {
    await call('/v1/routes', {
      source: { kind: 'buoy', iam: plan.route.iam },
      messageType: 'any',
      target: { kind: 'modem', imei: plan.route.imei },
    })
  }
  const before = readRecord(recordFile(folders.run))
  const record: DemoRecord = {
    devices: [...before.devices, ...plan.missing.map((device) => device.iam)],
    hasRoute: before.hasRoute || plan.route !== null,
  }
  await writeFile(recordFile(folders.run), JSON.stringify(record, null, 2))
}

function caller(base: string, token: string): (path: string, body: object) => Promise<void> {
  return async (path, body) => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_WITHIN_MS),
    })
    // 409: an earlier start got this far and ended before it recorded that.
    if (response.ok || response.status === 409) return void (await response.arrayBuffer())
    throw new StartError(
      `the demo fleet cannot be registered: ${path} answers ${response.status} ${await response.text()}`,
    )
  }
}

function recordFile(runFolder: string): string {
  return join(runFolder, 'demo.json')
}

function readRecord(file: string): DemoRecord {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value !== 'object' || value === null || !('devices' in value) || !Array.isArray(value.devices))
      return empty
    const devices = value.devices.filter((iam): iam is string => typeof iam === 'string')
    return { devices, hasRoute: 'hasRoute' in value && value.hasRoute === true }
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return empty
    throw error
  }
}

const empty: DemoRecord = { devices: [], hasRoute: false }
