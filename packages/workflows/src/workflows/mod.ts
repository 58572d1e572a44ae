/** Entry of the workflow bundle: every exported function is a workflow type. */
export { inboundMessage } from './inbound-message.ts'
export { outboundMessage } from './outbound-message.ts'
