import type { ReportRow } from '@paikea/database'

type Internal =
  'deviceId' | 'iridiumLatitude' | 'iridiumLongitude' | 'iridiumCepKm' | 'isIridiumReliable' | 'repeatOfId'
type Facts = Omit<ReportRow, Internal>
type Shown<T> = T extends Date ? string : T

/** A report as people and programs see it: times as ISO text, everything else as the row has it. */
export type ReportFields = { readonly [P in keyof Facts]: Shown<Facts[P]> } & {
  /** Iridium's estimate of where the modem was; `null` if it gave none. */
  readonly iridium: {
    readonly latitude: number
    readonly longitude: number
    readonly cepKm: number | null
    readonly reliable: boolean
  } | null
  /** The same fix came before, by another message. */
  readonly isRepeat: boolean
}

/** Presents a report. New columns of its table appear automatically. */
export function reportFields(row: ReportRow): ReportFields {
  const {
    deviceId: _deviceId,
    iridiumLatitude: latitude,
    iridiumLongitude: longitude,
    iridiumCepKm: cepKm,
    isIridiumReliable: reliable,
    repeatOfId,
    ...facts
  } = row
  const shown = Object.entries(facts).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ])
  return {
    // The same keys, each with what `Shown` says.
    ...(Object.fromEntries(shown) as { readonly [P in keyof Facts]: Shown<Facts[P]> }),
    iridium: latitude === null || longitude === null ? null : { latitude, longitude, cepKm, reliable },
    isRepeat: repeatOfId !== null,
  }
}
