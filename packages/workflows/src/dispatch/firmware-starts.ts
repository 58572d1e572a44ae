import type { UndispatchedFirmware } from '@paikea/database'

import { firmwareWorkflowId } from '../contract/ids.ts'
import { workflowTypes } from '../contract/names.ts'
import type { WorkflowStart } from './starts.ts'

/** The workflow start of a firmware row. */
export function firmwareStart(row: UndispatchedFirmware): WorkflowStart {
  const { work, id, iam, label } = row
  const common = {
    workflowId: firmwareWorkflowId(work, id),
    memo: { ref: label, device: iam },
    // Always one attribute: its presence tells the workflow that attributes are registered and may be set.
    search: { imei: null, device: iam ?? 'fleet' },
  }
  switch (work) {
    case 'release':
      return {
        ...common,
        type: workflowTypes.firmwareRelease,
        input: { releaseId: id, ref: label },
        summary: `Firmware ${label}`,
      }
    case 'upgrade':
      return {
        ...common,
        type: workflowTypes.deviceUpgrade,
        input: { jobId: id, iam },
        summary: `${iam ?? 'A device'} to ${label}`,
      }
    case 'rollout':
      return { ...common, type: workflowTypes.rollOut, input: { rolloutId: id }, summary: `Roll-out of ${label}` }
  }
}
