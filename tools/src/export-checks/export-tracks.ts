import { createApi } from '@paikea/api'
import { openDatabase } from '@paikea/database'
import { createIntake } from '@paikea/intake'
import { createToken, ensureDefaultGroup, systemCaller } from '@paikea/operations'

const SECRET = 'a-secret-for-this-run'
const IMEI = '300234010753370'
const POINTS = 24
const FORMATS = ['nc', 'gpx', 'geojson', 'kml', 'csv'] as const

/** A buoy's tracks as the API returns them. */
export interface ExportedTracks {
  readonly files: ReadonlyMap<string, Buffer>
  /** Fixes in each. */
  readonly points: number
}

/** Lets a buoy report through the vendor's webhook, and exports its track in every format. */
export async function exportTracks(): Promise<ExportedTracks> {
  const db = await openDatabase({ uri: 'sqlite::memory:' })
  await db.migrate()
  await ensureDefaultGroup(db)
  const api = createApi({ db, intake: createIntake({ db }), config: { webhookSecret: SECRET } })
  const server = await api.listen(0)
  const url = `http://127.0.0.1:${String(server.port)}`
  try {
    const { token } = await createToken({ db, caller: systemCaller('cli') }, { name: 'export', isSystemAdmin: true })
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ kind: 'buoy', iam: 'PK901', imei: IMEI })
    await mustBe(201, await fetch(`${url}/v1/devices`, { method: 'POST', headers, body }))
    const startMs = Date.now() - POINTS * 600_000
    for (let at = 0; at < POINTS; at += 1) {
      await mustBe(
        200,
        await fetch(`${url}/rockblock/incoming/${SECRET}`, { method: 'POST', body: delivery(at, startMs) }),
      )
    }
    const files = new Map<string, Buffer>()
    for (const format of FORMATS) {
      const answer = await mustBe(200, await fetch(`${url}/v1/devices/PK901/track.${format}`, { headers }))
      files.set(format, Buffer.from(await answer.arrayBuffer()))
    }
    return { files, points: POINTS }
  } finally {
    await server.close()
    await db.close()
  }
}

/** A drift to the north-east, one report every ten minutes. */
function delivery(at: number, startMs: number): URLSearchParams {
  const time = new Date(startMs + at * 600_000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = two(time.getUTCHours()) + two(time.getUTCMinutes()) + two(time.getUTCSeconds())
  const latitude = `37${(40 + at * 0.05).toFixed(4)}`
  const text = `PK001;lat:${latitude},NS:N,lon:12216.6021,EW:W,utc:${clock},sog:0.5,cog:12,sta:00,batt:4.1`
  return new URLSearchParams({
    imei: IMEI,
    serial: '14105',
    momsn: String(at + 1),
    transmit_time: time.toISOString().slice(2, 19).replace('T', ' '),
    data: Buffer.from(text).toString('hex'),
  })
}

async function mustBe(status: number, answer: Response): Promise<Response> {
  if (answer.status !== status) throw new Error(`${answer.url}: ${String(answer.status)} ${await answer.text()}`)
  return answer
}
