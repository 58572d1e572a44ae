import { insertDeployment, type DeploymentRow, type DeploymentValues } from '@paikea/database'
import { operation } from '../operation.ts'
import { checkDeployment, factsOf, findDeploymentsFor, subjectOf } from './find-deployment.ts'

/**
 * Adds a deployment to a device.
 *
 * @throws Refusal `not-found`, `forbidden`, `invalid`; `conflict` if it overlaps another one
 */
export const createDeployment = operation<{ readonly iam: string; readonly values: DeploymentValues }, DeploymentRow>(
  'deployment.created',
  async (work, { iam, values }) => {
    const { device, all } = await findDeploymentsFor(work, iam)
    checkDeployment(values, all, null)
    const id = await insertDeployment(work.db, { deviceId: device.id, values }, work.tx)
    const result = { ...values, id, deviceId: device.id }
    const groupId = device.group.id
    return { result, subject: subjectOf(device, id), groupId, before: null, after: factsOf(values) }
  },
)
