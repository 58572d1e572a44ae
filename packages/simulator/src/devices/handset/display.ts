import { pythonFloat, pythonInt, readDataMessage } from '../micropython.ts'

/** The buoy a handset shows, as in the PK004: degrees and minutes unsigned, hemisphere in NS and EW. */
export interface DisplayedBuoy {
  readonly latitude: string
  readonly ns: string
  readonly longitude: string
  readonly ew: string
  readonly sogKnots: number
  readonly cogDegrees: number
  readonly utc: string
  readonly status: number
}

/**
 * Parses `+DATA:PK004,…;` as the handset does: exactly eight values, numbers where numbers are required, the last one a
 * decimal integer. Anything else leaves the display unchanged.
 *
 * @returns `null` if the handset shows nothing new
 */
export function readDisplayedBuoy(mt: string): DisplayedBuoy | null {
  const values = readDataMessage(mt).get('PK004')?.split(',')
  if (values?.length !== 8) return null
  const [latitude = '', ns = '', longitude = '', ew = '', sog = '', cog = '', utc = '', sta = ''] = values
  const sogKnots = pythonFloat(sog)
  const cogDegrees = pythonFloat(cog)
  const status = pythonInt(sta)
  if (sogKnots === null || cogDegrees === null || status === null || pythonFloat(utc) === null) return null
  // It splits a coordinate at its only point, and its compass handles only 0 to 359.9.
  if (!/^\d{3,}\.\d+$/.test(latitude) || !/^\d{3,}\.\d+$/.test(longitude)) return null
  if (cogDegrees < 0 || cogDegrees >= 360) return null
  return { latitude, ns, longitude, ew, sogKnots, cogDegrees, utc, status }
}
