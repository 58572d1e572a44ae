import { deleteDeployment as deleteRow } from '@paikea/database'
import { operation } from '../operation.ts'
import { factsOf, findDeploymentsFor, pickDeployment, subjectOf } from './find-deployment.ts'

/**
 * Removes a deployment; its reports are kept.
 *
 * @throws Refusal `not-found`, `forbidden`
 */
export const deleteDeployment = operation<{ readonly iam: string; readonly id: number }, void>(
  'deployment.deleted',
  async (work, { iam, id }) => {
    const { device, all } = await findDeploymentsFor(work, iam)
    const before = pickDeployment(all, id)
    await deleteRow(work.db, { id }, work.tx)
    const groupId = device.group.id
    return { result: undefined, subject: subjectOf(device, id), groupId, before: factsOf(before), after: null }
  },
)
