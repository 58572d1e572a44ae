import type { ReportRow } from '@paikea/database'

type Internal =
  'deviceId' | 'iridiumLatitude' | 'iridiumLongitude' | 'iridiumCepKm' | 'isIridiumReliable' | 'repeatOfId'
type Facts = Omit<ReportRow, Internal>
type Shown<T> = T extends Date ? string : T

/** A report as shown to people and programs: times as ISO text, all else as stored. */
export type ReportFields = { readonly [P in keyof Facts]: Shown<Facts[P]> } & {
  /** Iridium's estimate of where the modem was; `null` if it gave none. */
  readonly iridium: {
    readonly latitude: number
    readonly longitude: number
    readonly cepKm: number | null
    readonly reliable: boolean
  } | null
  /** An earlier message reported the same fix. */
  readonly isRepeat: boolean
}

/** Presents a report. New columns of its table are included automatically. */
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
    // The same keys, with the types of `Shown`.
    ...(Object.fromEntries(shown) as { readonly [P in keyof Facts]: Shown<Facts[P]> }),
    iridium: latitude === null || longitude === null ? null : { latitude, longitude, cepKm, reliable },
    isRepeat: repeatOfId !== null,
  }
}
