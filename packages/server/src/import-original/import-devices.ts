import { findDevice, findModem, type OriginalDevice } from '@paikea/database'
import { attachModem, createDevice, Refusal, systemCaller } from '@paikea/operations'
import { leaveOut } from './import-report.ts'
import type { ImportContext } from './import-messages.ts'

/** What the original's ids refer to. */
export interface Fleet {
  /** IMEI and serial of a modem, by its id. */
  readonly modems: ReadonlyMap<number, Address>
  readonly trackers: ReadonlyMap<number, Address>
  /** Name of the device with a modem, by IMEI. */
  readonly iamOfImei: ReadonlyMap<string, string>
}

export interface Address {
  readonly imei: string
  readonly serial: string | null
}

const IAM = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/
const IMEI = /^\d{15}$/

/**
 * Creates missing devices, each with its modem: everything the modem ever sent becomes the device's, because nothing
 * tells what was before.
 */
export async function importDevices(context: ImportContext, groupId: number | undefined): Promise<Fleet> {
  const { original, report } = context
  const modems = new Map<number, Address>()
  for (const { id, imei, serial, isDeleted } of await original.modems()) {
    if (isDeleted) leaveOut(report, `modem ${imei ?? id}`, 'deleted in the original')
    else if (imei === null || !IMEI.test(imei)) leaveOut(report, `modem ${id}`, 'its IMEI is not 15 digits')
    else modems.set(id, { imei, serial })
  }
  for (const device of await original.devices()) await importDevice(context, device, { modems, groupId })
  const trackers = new Map<number, Address>()
  for (const { id, imei, serial, isDeleted } of await original.trackers()) {
    if (isDeleted) leaveOut(report, `tracker ${imei}`, 'deleted in the original')
    else if (!IMEI.test(imei)) leaveOut(report, `tracker ${id}`, 'its IMEI is not 15 digits')
    else {
      trackers.set(id, { imei, serial })
      await importTracker(context, imei, groupId)
    }
  }
  return { modems, trackers, iamOfImei: await readAssignments(context, [...modems.values(), ...trackers.values()]) }
}

async function importDevice(
  context: ImportContext,
  { kind, iam, id, modemId, isDeleted }: OriginalDevice,
  { modems, groupId }: { readonly modems: ReadonlyMap<number, Address>; readonly groupId: number | undefined },
): Promise<void> {
  const { db, report } = context
  const name = `${kind} ${iam ?? id}`
  if (isDeleted) return leaveOut(report, name, 'deleted in the original; what its modem sent is stored under the modem')
  if (iam === null || !IAM.test(iam))
    return leaveOut(report, name, 'its name is empty, or has characters other than letters, digits, - and _')
  const present = await findDevice(db, { scope: { all: true }, iam })
  if (present !== null && present.kind !== kind) return leaveOut(report, name, `a ${present.kind} of that name exists`)
  const operations = { db, caller: systemCaller('import') }
  try {
    if (present === null) {
      await createDevice(operations, { kind, iam, groupId })
      report.devices.made += 1
    } else report.devices.present += 1
    if (modemId === null || (present !== null && present.modem !== null)) return
    const modem = modems.get(modemId)
    if (modem === undefined)
      return leaveOut(report, `${name}, its modem`, `row ${modemId} of the modems does not exist`)
    await attachModem(operations, { iam, imei: modem.imei })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    leaveOut(report, present === null ? name : `${name}, its modem`, error.message)
  }
}

async function importTracker(context: ImportContext, imei: string, groupId: number | undefined): Promise<void> {
  const { db, report } = context
  const known = await findModem(db, { scope: { all: true }, imei })
  if (known !== null && known.device !== null) {
    report.devices.present += 1
    return
  }
  try {
    await createDevice({ db, caller: systemCaller('import') }, { kind: 'rockstar', imei, groupId })
    report.devices.made += 1
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    leaveOut(report, `tracker ${imei}`, error.message)
  }
}

async function readAssignments({ db }: ImportContext, addresses: readonly Address[]): Promise<Map<string, string>> {
  const iamOfImei = new Map<string, string>()
  for (const { imei } of addresses) {
    const modem = await findModem(db, { scope: { all: true }, imei })
    if (modem !== null && modem.device !== null) iamOfImei.set(imei, modem.device.iam)
  }
  return iamOfImei
}
