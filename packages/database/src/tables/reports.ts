import { readProblems, type ReportQuality } from '../problems.ts'
import {
  assumed,
  bigId,
  bigint,
  clippedText,
  double,
  flag,
  integer,
  json,
  named,
  now,
  orNull,
  time,
  withDefault,
  word,
} from '../sql/kinds.ts'
import type { ModelOf } from '../sql/model.ts'
import { nothingIn, propertiesOf, type RowOf, table, type ValuesOf } from '../sql/table.ts'
import { rowWriter } from '../sql/writer.ts'

const QUALITIES = ['good', 'not-evaluated', 'suspect', 'bad', 'missing'] as const satisfies readonly ReportQuality[]

/** A packet's content, and the result of decoding it. */
const FACTS = {
  packetType: clippedText(16),
  /** The time it refers to: of the fix, else of transmission, else of arrival. */
  at: time,
  fixAt: orNull(time),
  /** The time the device claimed, if it was not trusted. */
  claimedAt: orNull(time),
  hasFix: flag,
  latitude: orNull(double),
  longitude: orNull(double),
  sogKnots: orNull(double),
  cogDegrees: orNull(double),
  batteryVolts: orNull(double),
  batteryPercent: orNull(double),
  intervalMinutes: orNull(double),
  sleepMinutes: orNull(double),
  reasonCode: orNull(integer),
  reason: orNull(clippedText(32)),
  status: orNull(clippedText(8)),
  beaconOn: orNull(flag),
  fixSkewSeconds: orNull(double),
  /** Source of the position: the device's own receiver, or Iridium. */
  source: word(['device', 'iridium'], 16),
  quality: withDefault(word(QUALITIES, 16), 'not-evaluated'),
  /** Problems found in it. */
  problems: json(readProblems, (problems) => problems.length === 0),
}

/** One decoded position or status packet. */
export const REPORTS = table('reports', {
  id: bigId,
  messageId: bigint,
  modemId: integer,
  deviceId: orNull(integer),
  receivedAt: time,
  ...FACTS,
  iridiumLatitude: orNull(double),
  iridiumLongitude: orNull(double),
  iridiumCepKm: orNull(double),
  /** False if the session's status marks the estimate as unreliable. */
  isIridiumReliable: named('iridium_reliable', assumed),
  /** The first report with the same fix, if the modem sent it again under another MOMSN. */
  repeatOfId: orNull(bigint),
  /** Who accepted a suspect fix. */
  acceptedBy: orNull(clippedText(120)),
  createdAt: now,
})

/** An empty report: decoders start with it and add their packet's values. */
export const NOTHING_REPORTED = nothingIn(FACTS)

/** Writes a packet's content. */
export const REPORT_FACTS = rowWriter(REPORTS, propertiesOf(FACTS))

export type Report = ModelOf<typeof REPORTS>
/** The report in a message, before it is stored. */
export type NewReport = ValuesOf<typeof FACTS>
export type ReportRow = Omit<RowOf<typeof REPORTS.kinds>, 'modemId' | 'acceptedBy' | 'createdAt'>
