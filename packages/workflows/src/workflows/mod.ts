/** Entry point of the workflow bundle: every exported function is a workflow type. */
export { accountProbe } from './account-probe.ts'
export { recoveryMode } from './recovery-mode.ts'
export { endpointProbe } from './endpoint-probe.ts'
export { inboundMessage } from './inbound-message.ts'
export { outboundMessage } from './outbound-message.ts'
export { firmwareRelease } from './firmware-release.ts'
export { deviceUpgrade } from './device-upgrade.ts'
export { rollOut } from './roll-out.ts'
