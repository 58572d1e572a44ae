import { updateDeployment, type DeploymentRow, type DeploymentValues } from '@paikea/database'
import { operation } from '../operation.ts'
import { checkDeployment, factsOf, findDeploymentsFor, pickDeployment, subjectOf } from './find-deployment.ts'

/** The fields to change; `undefined` leaves one unchanged. */
export type DeploymentChange = { readonly [K in keyof DeploymentValues]?: DeploymentValues[K] | undefined }

/**
 * Changes a deployment.
 *
 * @throws Refusal `not-found`, `forbidden`, `invalid`; `conflict` if it overlaps another one
 */
export const changeDeployment = operation<
  { readonly iam: string; readonly id: number; readonly change: DeploymentChange },
  DeploymentRow
>('deployment.changed', async (work, { iam, id, change }) => {
  const { device, all } = await findDeploymentsFor(work, iam)
  const before = pickDeployment(all, id)
  const values = {
    fromAt: change.fromAt ?? before.fromAt,
    toAt: change.toAt === undefined ? before.toAt : change.toAt,
    place: change.place === undefined ? before.place : change.place,
    purpose: change.purpose === undefined ? before.purpose : change.purpose,
  }
  checkDeployment(values, all, id)
  await updateDeployment(work.db, { id, values }, work.tx)
  const result = { ...before, ...values }
  const groupId = device.group.id
  return { result, subject: subjectOf(device, id), groupId, before: factsOf(before), after: factsOf(values) }
})
