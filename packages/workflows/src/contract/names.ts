/** Task queue of every worker that runs workflows. */
export const TASK_QUEUE = 'paikea'

/**
 * Task queue of rate-limited retries to the vendor, derived from the main one so that installations and tests with
 * their own queue stay separate.
 */
export function vendorTaskQueue(mainTaskQueue: string): string {
  return `${mainTaskQueue}-vendor`
}

/** Task queue of deliveries to programs whose first attempt failed, and of probes of their endpoints. */
export function programsTaskQueue(mainTaskQueue: string): string {
  return `${mainTaskQueue}-programs`
}

/** Workflow types as recorded in histories; never rename one. */
export const workflowTypes = {
  inboundMessage: 'inboundMessage',
  outboundMessage: 'outboundMessage',
  firmwareRelease: 'firmwareRelease',
  deviceUpgrade: 'deviceUpgrade',
  rollOut: 'rollOut',
  endpointProbe: 'endpointProbe',
  accountProbe: 'accountProbe',
  recoveryMode: 'recoveryMode',
} as const

/** Signals, sent by operators or by other deliveries. All are mere wake-ups: the database decides. */
export const signalNames = {
  yourTurn: 'yourTurn',
  resume: 'resume',
  cancel: 'cancel',
  /** The row of a firmware workflow changed. */
  look: 'look',
} as const

/** Search attributes, with the types they are registered with. Temporal shows them in plain text: never a secret. */
export const searchAttributeNames = {
  /** The modem a message came from, or a delivery goes to. */
  imei: 'Imei',
  device: 'Device',
  /** The modem whose message caused a delivery. */
  sourceImei: 'SourceImei',
  needsOperator: 'NeedsOperator',
  parkReason: 'ParkReason',
} as const
