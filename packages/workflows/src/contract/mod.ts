export { searchAttributeNames, signalNames, taskQueue, vendorTaskQueue, workflowTypes } from './names.ts'
export { inboundWorkflowId, outboundWorkflowId } from './ids.ts'
export type { InboundInput, InboundResult, OutboundInput, OutboundResult } from './inputs.ts'
