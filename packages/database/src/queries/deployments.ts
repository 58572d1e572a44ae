import type { Transaction } from 'sequelize'
import type { Database } from '../database.ts'
import { inWrite, reading } from './scope.ts'

/** The editable fields of a deployment. */
export interface DeploymentValues {
  readonly fromAt: Date
  /** `null` while it is still at sea. */
  readonly toAt: Date | null
  readonly place: string | null
  readonly purpose: string | null
}

/** A device's time at sea. */
export interface DeploymentRow extends DeploymentValues {
  readonly id: number
  readonly deviceId: number
}

/** Deployments of these devices, by device, earliest first. The caller has found the devices within its scope. */
export async function listDeployments(
  db: Database,
  args: { readonly deviceIds: readonly number[] },
  tx?: Transaction,
): Promise<readonly DeploymentRow[]> {
  const rows = await db.models.Deployment.findAll({
    where: { deviceId: [...args.deviceIds] },
    order: [
      ['deviceId', 'ASC'],
      ['fromAt', 'ASC'],
      ['id', 'ASC'],
    ],
    ...reading(tx),
  })
  return rows.map((row) => row.get({ plain: true }))
}

/** Adds one. @returns its id */
export function insertDeployment(
  db: Database,
  args: { readonly deviceId: number; readonly values: DeploymentValues },
  tx?: Transaction,
): Promise<number> {
  return inWrite(db, tx, async (transaction) => {
    const row = await db.models.Deployment.create({ deviceId: args.deviceId, ...args.values }, { transaction })
    return row.id
  })
}

/** Changes one. */
export function updateDeployment(
  db: Database,
  args: { readonly id: number; readonly values: DeploymentValues },
  tx?: Transaction,
): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await db.models.Deployment.update({ ...args.values }, { where: { id: args.id }, transaction })
  })
}

/** Removes one; its reports are kept. */
export function deleteDeployment(db: Database, args: { readonly id: number }, tx?: Transaction): Promise<void> {
  return inWrite(db, tx, async (transaction) => {
    await db.models.Deployment.destroy({ where: { id: args.id }, transaction })
  })
}
