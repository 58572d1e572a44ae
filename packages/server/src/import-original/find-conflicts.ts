import { type Database, findDevice, findModem, openOriginal } from '@paikea/database'

/**
 * Finds conflicts between the original and what exists here: devices of another kind or with another modem, and modems
 * in another device. An import leaves each as it is here. Read-only.
 */
export async function findConflicts(db: Database, options: { readonly from: string }): Promise<readonly string[]> {
  const original = await openOriginal(options.from)
  try {
    const conflicts: string[] = []
    const scope = { all: true } as const
    const modems = new Map((await original.modems()).map(({ id, imei }) => [id, imei]))
    for (const { kind, iam, modemId, isDeleted } of await original.devices()) {
      if (isDeleted || iam === null) continue
      const here = await findDevice(db, { scope, iam })
      if (here !== null && here.kind !== kind) conflicts.push(`${kind} ${iam}: here it is a ${here.kind}`)
      const imei = modemId === null ? null : (modems.get(modemId) ?? null)
      if (imei === null) continue
      const sitsIn = (await findModem(db, { scope, imei }))?.device?.iam ?? null
      if (sitsIn !== null && sitsIn !== iam) conflicts.push(`${kind} ${iam}: its modem ${imei} is in ${sitsIn} here`)
      else if (here !== null && here.modem !== null && here.modem.imei !== imei) {
        conflicts.push(`${kind} ${iam}: here it has the modem ${here.modem.imei}, there ${imei}`)
      }
    }
    return conflicts
  } finally {
    await original.close()
  }
}
