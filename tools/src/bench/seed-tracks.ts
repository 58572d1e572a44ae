import type { Database } from '@paikea/database'

/** Devices per statement: some hundred thousand rows at most. */
const DEVICES_AT_ONCE = 50
const TEN_MINUTES_MS = 600_000
/** Distance between the message ids of two devices. */
const ID_STEP = 1_000_000

/** Which devices get fixes, by id, and how many each. */
export interface TrackSeed {
  readonly firstDeviceId: number
  readonly devices: number
  readonly fixesEach: number
  /** Omit the messages the fixes came in, where only reports are read; MariaDB only. */
  readonly areMessagesLeftOut?: boolean
  readonly onProgress?: (line: string) => void
}

/** Has the database generate fixes of many devices, ten minutes apart until now, drifting back and forth. */
export async function seedTracks(db: Database, seed: TrackSeed): Promise<void> {
  const { firstDeviceId, devices, fixesEach, areMessagesLeftOut = false } = seed
  for (let done = 0; done < devices; done += DEVICES_AT_ONCE) {
    const from = firstDeviceId + done
    const to = Math.min(from + DEVICES_AT_ONCE, firstDeviceId + devices)
    await db.write(async (transaction) => {
      const run = (sql: string) => db.sequelize.query(sql, { transaction })
      if (areMessagesLeftOut) await run('SET SESSION foreign_key_checks = 0')
      else await run(messagesSql(db, { from, to, fixesEach }))
      await run(reportsSql(db, { from, to, fixesEach }))
      if (areMessagesLeftOut) await run('SET SESSION foreign_key_checks = 1')
    })
    seed.onProgress?.(`${((done + to - from) * fixesEach).toLocaleString('en')} fixes`)
  }
}

interface Part {
  readonly from: number
  readonly to: number
  readonly fixesEach: number
}

function messagesSql(db: Database, part: Part): string {
  const { at, id, numbers, before } = wordsOf(db, part)
  return `INSERT INTO inbound_messages (id, duplicate_key, format, momsn, transmit_time, received_at, state, verified_by,
      raw_body, copies, modem_id, device_id, group_id, processed_at, created_at)
    ${before} SELECT ${id}, ${text(db, "'track/'", id)}, 'rockblock', n.seq % 65536, ${at}, ${at}, 'processed', 'secret',
      'x', 0, a.modem_id, d.id, d.group_id, ${at}, ${at}
    FROM devices d JOIN modem_assignments a ON a.open_device_id = d.id ${numbers}
    WHERE d.id >= ${part.from} AND d.id < ${part.to}`
}

function reportsSql(db: Database, part: Part): string {
  const { at, id, numbers, before } = wordsOf(db, part)
  return `INSERT INTO reports (message_id, modem_id, device_id, packet_type, at, received_at, fix_at, has_fix, latitude, longitude,
      sog_knots, cog_degrees, battery_volts, interval_minutes, reason, source, quality, iridium_reliable, created_at)
    ${before} SELECT ${id}, a.modem_id, d.id, 'PK101', ${at}, ${at}, ${at}, 1, 37 + (n.seq % 997) / 2000.0 + d.id / 100000.0,
      -123 + (n.seq % 991) / 2000.0, 0.5, n.seq % 360, 4.1, 10, 'scheduled', 'device', 'good', 1, ${at}
    FROM devices d JOIN modem_assignments a ON a.open_device_id = d.id ${numbers}
    WHERE d.id >= ${part.from} AND d.id < ${part.to}`
}

/** Number sequences, times and ids in each database's SQL. */
function wordsOf({ dialect }: Database, { fixesEach }: Part) {
  const last = fixesEach - 1
  const id = `(d.id * ${ID_STEP} + n.seq)`
  const endSeconds = Math.floor(Date.now() / TEN_MINUTES_MS) * 600
  const seconds = `(${endSeconds} - (${last} - n.seq) * 600)`
  if (dialect === 'mysql') {
    // The session's time zone is UTC, and an INSERT .. SELECT may not read the table it writes: the sequence engine
    // generates the numbers.
    const at = `TIMESTAMPADD(SECOND, ${seconds}, '1970-01-01')`
    return { id, at, before: '', numbers: `JOIN seq_0_to_${last} n` }
  }
  const at = `strftime('%Y-%m-%d %H:%M:%S.000 +00:00', ${seconds}, 'unixepoch')`
  const before = `WITH RECURSIVE n(seq) AS (SELECT 0 UNION ALL SELECT seq + 1 FROM n WHERE seq < ${last})`
  return { id, at, before, numbers: 'JOIN n' }
}

function text({ dialect }: Database, prefix: string, id: string): string {
  return dialect === 'mysql' ? `CONCAT(${prefix}, ${id})` : `${prefix} || ${id}`
}
