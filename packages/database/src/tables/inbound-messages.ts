import { MESSAGE_STATES } from '@paikea/domain'

import { readProblems } from '../problems.ts'
import { readSkippedRoutes } from '../skipped-routes.ts'
import {
  assumed,
  bigId,
  bytes,
  clippedText,
  double,
  integer,
  json,
  named,
  now,
  orNull,
  text,
  time,
  withDefault,
  word,
} from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { propertiesOf, type RowOf, table, type ValuesOf } from '../sql/table.ts'
import { rowWriter } from '../sql/writer.ts'

/** What is known of a message before it is stored. */
const FACTS = {
  duplicateKey: text(160),
  format: text(16),
  imei: orNull(text(15)),
  serial: orNull(clippedText(20)),
  momsn: orNull(integer),
  transmitTime: orNull(time),
  receivedAt: time,
  state: word(MESSAGE_STATES, 16),
  reasonCode: orNull(clippedText(64)),
  reasonDetail: orNull(clippedText(500)),
  packetType: orNull(clippedText(16)),
  /** What admitted it: `secret`, `token`, `secret+token`, `address` (during a migration) or `import`. */
  verifiedBy: text(16),
  verificationNote: orNull(clippedText(64)),
  sourceAddress: orNull(clippedText(64)),
  contentType: orNull(clippedText(120)),
  rawBody: bytes,
  payload: orNull(bytes),
  /** Any JSON value; null if the message could not be read. */
  decoded: json((value) => value),
  /** Iridium's own estimate of the position, not the device's. */
  iridiumLatitude: orNull(double),
  iridiumLongitude: orNull(double),
  iridiumCepKm: orNull(double),
  /** False if the session's status marks the estimate as unreliable. */
  isIridiumReliable: named('iridium_reliable', assumed),
  sessionStatus: orNull(integer),
  /** Problems found in it. */
  problems: json(readProblems, (problems) => problems.length === 0),
}

/** One inbound message of a modem (MO), stored once: later copies are only counted. */
export const INBOUND_MESSAGES = table('inbound_messages', {
  id: bigId,
  ...FACTS,
  /** How often the vendor delivered it again. */
  copies: withDefault(integer, 0),
  lastCopyAt: orNull(time),
  modemId: orNull(integer),
  /** The device the modem was in when the message was sent. */
  deviceId: orNull(integer),
  /** The device's present group: moves with the device. */
  groupId: orNull(integer),
  workflowId: orNull(text(200)),
  workflowStartedAt: orNull(time),
  processedAt: orNull(time),
  /** When it was reopened for processing. */
  reopenedAt: orNull(time),
  /** Routes that matched but sent nothing, each with the reason. */
  skippedRoutes: json(readSkippedRoutes, (routes) => routes.length === 0),
  createdAt: now,
})

/** Writes the facts of a message known before it is stored. */
export const MESSAGE_FACTS = rowWriter(INBOUND_MESSAGES, propertiesOf(FACTS))

export type InboundMessage = ModelOf<typeof INBOUND_MESSAGES>
export type NewMessageFacts = ValuesOf<typeof FACTS>

/** A message with all its details. */
export type InboundDetailRow = Omit<RowOf<typeof INBOUND_MESSAGES.kinds>, 'createdAt'>
/** An inbound message, without its bytes. */
export type InboundRow = Omit<InboundDetailRow, 'rawBody' | 'payload' | 'skippedRoutes'>
