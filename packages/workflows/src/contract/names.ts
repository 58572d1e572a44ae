/** Task queue that every worker with workflows listens on. */
export const TASK_QUEUE = 'paikea'

/**
 * Task queue of the rate-limited second tries towards the vendor, derived from the main one so that tests (and
 * installations) with a queue of their own stay apart.
 */
export function vendorTaskQueue(mainTaskQueue: string): string {
  return `${mainTaskQueue}-vendor`
}

/** Task queue of deliveries to programs that did not get through at once, and of the probes of their endpoints. */
export function programsTaskQueue(mainTaskQueue: string): string {
  return `${mainTaskQueue}-programs`
}

/** Workflow types as they stand in histories; never rename one. */
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

/** Signals an operator or a neighbour may send. All are mere wake-ups: the database decides. */
export const signalNames = {
  yourTurn: 'yourTurn',
  resume: 'resume',
  cancel: 'cancel',
  /** The row of a firmware workflow changed. */
  look: 'look',
} as const

/** Search attributes, with the types they are registered with. Plain text in Temporal: never a secret. */
export const searchAttributeNames = {
  /** Of the modem a message came from, or a delivery goes to. */
  imei: 'Imei',
  device: 'Device',
  /** Of the modem whose message caused a delivery. */
  sourceImei: 'SourceImei',
  needsOperator: 'NeedsOperator',
  parkReason: 'ParkReason',
} as const
