export {
  programsTaskQueue,
  searchAttributeNames,
  signalNames,
  TASK_QUEUE,
  vendorTaskQueue,
  workflowTypes,
} from './names.ts'
export {
  accountWorkflowId,
  endpointWorkflowId,
  firmwareWorkflowId,
  inboundWorkflowId,
  outboundWorkflowId,
  recoveryWorkflowId,
} from './ids.ts'
export type {
  AccountInput,
  AccountResult,
  DeviceUpgradeInput,
  DeviceUpgradeResult,
  EndpointInput,
  EndpointResult,
  FirmwareReleaseInput,
  FirmwareReleaseResult,
  InboundInput,
  InboundResult,
  OutboundInput,
  OutboundResult,
  RecoveryInput,
  RecoveryResult,
  RollOutInput,
  RollOutResult,
} from './inputs.ts'
