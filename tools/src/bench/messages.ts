/**
 * How many modems the generated traffic comes from. A fleet of this size is large for Scout and small for the database.
 */
export const BENCH_MODEMS = 200

/** IMEI of the benchmark's n-th modem (15 digits, none of them real). */
export function benchImei(index: number): string {
  return `3009990000${String(index).padStart(5, '0')}`
}

/** How long before the run its messages start: none may be in the future, however fast they are sent. */
const AHEAD_MS = 6 * 3_600_000

/**
 * Latitude of the n-th position as the packet has it, which identifies it at the receiver. Each modem drifts at a third
 * of a knot in its own strip with one report a second, which is plausible for a buoy: a jump would be queried. @param
 * modems at most 249
 */
export function benchLatitude(sequence: number, modems = BENCH_MODEMS): string {
  const step = Math.floor(sequence / modems) % 2000
  const minutes = 10 + (sequence % modems) / 5 + step / 10_000
  return `37${minutes.toFixed(4).padStart(7, '0')}`
}

/**
 * The form body of a vendor delivery (format A) with a v3 position, unique for each `sequence`: modems take turns, and
 * MOMSN and position advance. No two bodies share a duplicate key.
 */
export function benchDelivery(sequence: number, startedAt: Date, modems = BENCH_MODEMS): string {
  const at = new Date(startedAt.getTime() - AHEAD_MS + Math.floor(sequence / modems) * 1000)
  const two = (n: number): string => String(n).padStart(2, '0')
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
  const date = `${two(at.getUTCFullYear() % 100)}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
  const text = `PK101;lat:${benchLatitude(sequence, modems)},NS:N,lon:12216.6021,EW:W,utc:${time.replaceAll(':', '')},batt:4.2,int:20,sl:0,st:0`
  const fields = {
    imei: benchImei(sequence % modems),
    device_type: 'ROCKBLOCK',
    serial: String(10_000 + (sequence % modems)),
    momsn: String(Math.floor(sequence / modems) % 65_536),
    transmit_time: `${date} ${time}`,
    iridium_latitude: '37.6630',
    iridium_longitude: '-122.2655',
    iridium_cep: '8.0',
    iridium_session_status: '0',
    data: Buffer.from(text, 'ascii').toString('hex'),
  }
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}
