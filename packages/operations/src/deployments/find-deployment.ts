import { listDeployments, type DeploymentRow, type DeploymentValues, type DeviceRow } from '@paikea/database'
import { findDeviceFor } from '../fleet/find-device.ts'
import type { Facts, Work } from '../operation.ts'
import { refuseConflict, refuseField, refuseUnknown } from '../refusal.ts'

/** A device with all its deployments, for a caller who may change them. @throws Refusal `not-found`, `forbidden` */
export async function findDeploymentsFor(
  work: Work,
  iam: string,
): Promise<{ readonly device: DeviceRow; readonly all: readonly DeploymentRow[] }> {
  const device = await findDeviceFor(work, iam, 'technician')
  return { device, all: await listDeployments(work.db, { deviceIds: [device.id] }, work.tx) }
}

/** One of them. @throws Refusal `not-found` */
export function pickDeployment(all: readonly DeploymentRow[], id: number): DeploymentRow {
  const found = all.find((one) => one.id === id)
  if (found === undefined) throw refuseUnknown('deployment')
  return found
}

/**
 * Checks that a deployment ends after it begins and overlaps no other one of the device.
 *
 * @throws Refusal `invalid`, `conflict`
 */
export function checkDeployment(
  values: DeploymentValues,
  others: readonly DeploymentRow[],
  exceptId: number | null,
): void {
  const { fromAt, toAt } = values
  if (toAt !== null && toAt <= fromAt) throw refuseField('to', 'not-after-from', 'must be later than "from"')
  const twin = others.find((other) => {
    const startsBeforeEnd = toAt === null || other.fromAt < toAt
    const endsAfterStart = other.toAt === null || other.toAt > fromAt
    return other.id !== exceptId && startsBeforeEnd && endsAfterStart
  })
  if (twin === undefined) return
  const detail = `The device is at sea already from ${twin.fromAt.toISOString()} to ${twin.toAt?.toISOString() ?? 'now'}.`
  throw refuseConflict('deployments-overlap', detail, 'from')
}

/** The facts of a deployment for the audit log. */
export function factsOf({ fromAt, toAt, place, purpose }: DeploymentValues): Facts {
  return { from: fromAt, to: toAt, place, purpose }
}

/** A deployment's name in the audit log. */
export function subjectOf(device: DeviceRow, id: number): string {
  return `device/${device.iam}/deployment/${String(id)}`
}
