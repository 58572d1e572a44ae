export { searchAttributeNames, signalNames, taskQueue, vendorTaskQueue, workflowTypes } from './names.ts'
export { firmwareWorkflowId, inboundWorkflowId, outboundWorkflowId } from './ids.ts'
export type {
  DeviceUpgradeInput,
  DeviceUpgradeResult,
  FirmwareReleaseInput,
  FirmwareReleaseResult,
  InboundInput,
  InboundResult,
  OutboundInput,
  OutboundResult,
  RollOutInput,
  RollOutResult,
} from './inputs.ts'
