import { connect } from 'node:tls'
import { isIP } from 'node:net'
import { type AlertRow, type Database, listEndpoints } from '@paikea/database'
import { hostOf, lookupWithin, type Reach } from '@paikea/delivery'
import { type Finding, sayTime } from '../judge/finding.ts'

const DAY_MS = 86_400_000
/** Leaves time to renew by hand. */
const LAST_DAYS = 14
const LOOK_EVERY_MS = 6 * 3_600_000
const ANSWER_WITHIN_MS = 5_000
const AT_ONCE = 8
/** Endpoints beyond this many are not checked. */
const MAX_ENDPOINTS = 1000

/** A server whose certificate we watch. */
interface Server {
  readonly url: URL
  /** `null`: our own. */
  readonly groupId: number | null
  readonly name: string
  /** Which addresses may be connected to; `null`: any. */
  readonly reach: Reach | null
}

/** Checks the certificates of webhook receivers and of our own address every six hours, outside the rounds. */
export interface CertificateWatch {
  /**
   * Returns what expires soon, as far as has been checked. Alerts for servers not checked yet stay as they are. Starts
   * a check if one is due.
   */
  find(now: Date, open: readonly AlertRow[]): readonly Finding[]
  /** Resolves when no check is running. */
  idle(): Promise<void>
}

/** Creates it. */
export function createCertificateWatch(options: {
  readonly db: Database
  readonly publicUrl: string | null
  readonly reach: Reach
}): CertificateWatch {
  const { db, publicUrl, reach } = options
  const ends = new Map<string, { readonly server: Server; readonly at: Date | null }>()
  let lookedAt: Date | null = null
  let underWay: Promise<void> | null = null

  async function listServers(): Promise<readonly Server[]> {
    const rows = await listEndpoints(db, { scope: { all: true }, limit: MAX_ENDPOINTS, afterId: null })
    const receivers = rows.flatMap(({ kind, config, groupId, label }) => {
      const url = kind === 'webhook' ? httpsUrlOf(config) : null
      return url === null ? [] : [{ url, groupId, name: label ?? url.host, reach }]
    })
    const own = publicUrl?.startsWith('https:') === true ? [new URL(publicUrl)] : []
    return [...own.map((url) => ({ url, groupId: null, name: url.host, reach: null })), ...receivers]
  }

  async function look(): Promise<void> {
    const waiting = new Map((await listServers()).map((server) => [keyOf(server), server]))
    for (const key of ends.keys()) if (!waiting.has(key)) ends.delete(key)
    const left = [...waiting]
    const work = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const [key, server] = next
        const at = await readEnd(server).catch(() => null)
        // If a server does not respond now, the last result is kept.
        ends.set(key, { server, at: at ?? ends.get(key)?.at ?? null })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  }

  return {
    find(now, open) {
      if (underWay === null && (lookedAt === null || now.getTime() - lookedAt.getTime() >= LOOK_EVERY_MS)) {
        lookedAt = now
        underWay = look()
          .catch(() => void (lookedAt = null))
          .finally(() => void (underWay = null))
      }
      const found = [...ends]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .flatMap(([key, { server, at }]) => (at === null ? [] : judge(key, server, at, now)))
      const isUnseen = (key: string): boolean => (ends.size === 0 && underWay !== null) || ends.get(key)?.at === null
      const kept = open.flatMap(({ id: _id, openKey, kind, ...rest }) =>
        kind === 'certificate-ending' && openKey !== null && isUnseen(openKey) ? [{ ...rest, kind, openKey }] : [],
      )
      return [...found, ...kept]
    },
    idle: async () => void (await underWay),
  }
}

function judge(openKey: string, server: Server, at: Date, now: Date): readonly Finding[] {
  if (at.getTime() - now.getTime() >= LAST_DAYS * DAY_MS) return []
  const { groupId, name } = server
  const verb = at <= now ? 'ended' : 'ends'
  const [whose, advice] =
    groupId === null
      ? [
          `our own address ${name}`,
          'Renew it, and check the timer that should have renewed it: once it expires, neither the satellite service nor users can connect.',
        ]
      : [
          `the receiver ${name} (${server.url.host})`,
          'Tell its operator. Once it expires, nothing is delivered there; deliveries wait and are retried.',
        ]
  const summary = `The certificate of ${whose} ${verb} ${sayTime(at)}.`
  return [
    {
      kind: 'certificate-ending',
      groupId,
      deviceId: null,
      openKey,
      summary: summary.slice(0, 300),
      advice,
      since: now,
    },
  ]
}

function keyOf({ url, groupId }: Server): string {
  return `certificate-ending/${String(groupId ?? 'own')}/${url.host}`.slice(0, 100)
}

function httpsUrlOf(config: unknown): URL | null {
  const text = typeof config === 'object' && config !== null && 'url' in config ? String(config.url) : ''
  return text.startsWith('https:') && URL.canParse(text) ? new URL(text) : null
}

/** Reads the expiry of a server's certificate. Sends nothing, and does not check whether it is trusted. */
function readEnd({ url, reach }: Server): Promise<Date | null> {
  const host = hostOf(url)
  const port = url.port === '' ? 443 : Number(url.port)
  const isAddress = isIP(host) !== 0
  if (isAddress && reach !== null && !reach.allows(host, 'https:')) return Promise.resolve(null)
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(isAddress ? {} : { servername: host }),
      ...(reach === null ? {} : { lookup: lookupWithin(reach, 'https:') }),
    })
    const end = (at: Date | null): void => {
      socket.destroy()
      resolve(at)
    }
    const timer = setTimeout(() => end(null), ANSWER_WITHIN_MS)
    socket.once('close', () => clearTimeout(timer))
    socket.once('error', () => end(null))
    socket.once('secureConnect', () => {
      const at = new Date(socket.getPeerCertificate().valid_to)
      end(Number.isNaN(at.getTime()) ? null : at)
    })
  })
}
