export {
  programsTaskQueue,
  searchAttributeNames,
  signalNames,
  taskQueue,
  vendorTaskQueue,
  workflowTypes,
} from './names.ts'
export { endpointWorkflowId, firmwareWorkflowId, inboundWorkflowId, outboundWorkflowId } from './ids.ts'
export type {
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
  RollOutInput,
  RollOutResult,
} from './inputs.ts'
