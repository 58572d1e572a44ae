import { createMailer } from '@paikea/alerts'
import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import type { Config } from '../config/load-config.ts'
import { judgeClocks } from './doctor-clock.ts'
import type { Finding } from './installation.ts'

const ANSWER_WITHIN_MS = 5_000
const DAY_MS = 86_400_000
const CERTIFICATE_DAYS = 14
/** Backups are due daily. */
const BACKUP_DAYS = 2
const LEAST_FREE_BYTES = 1_000_000_000

/** File in which `backup` records when it last ran. */
export function lastBackupFile(dataFolder: string): string {
  return join(dataFolder, 'last-backup.json')
}

/** Checks disk space; reports nothing if there is enough. */
export function checkDisk({ dataFolder }: Pick<Config, 'dataFolder'>): readonly Finding[] {
  if (!existsSync(dataFolder)) return []
  const { bavail, bsize } = statfsSync(dataFolder)
  const freeBytes = bavail * bsize
  if (freeBytes >= LEAST_FREE_BYTES) return []
  const detail = `${(freeBytes / 1e6).toFixed(0)} MB left under ${dataFolder}: once it is full, nothing can be stored`
  return [{ verdict: 'WRONG', what: 'disk', detail }]
}

/** Checks the age of the last backup, in production or if one was ever made. */
export function checkBackup(config: Pick<Config, 'dataFolder' | 'environment'>, now: Date): readonly Finding[] {
  const what = 'backup'
  const file = lastBackupFile(config.dataFolder)
  if (!existsSync(file)) {
    if (config.environment !== 'PROD') return []
    return [{ verdict: 'care', what, detail: 'none yet: run `paikea backup --to FILE` from a timer' }]
  }
  const madeAt = readTime(file)
  if (madeAt === null) return [{ verdict: 'care', what, detail: `${file} cannot be read` }]
  const days = (now.getTime() - madeAt.getTime()) / DAY_MS
  const detail = `the last one is from ${madeAt.toISOString()}`
  return [
    days > BACKUP_DAYS
      ? { verdict: 'care', what, detail: `${detail}: make one every day` }
      : { verdict: 'ok', what, detail },
  ]
}

/**
 * Checks that the public address leads here, that its certificate is not about to expire, and that its clock agrees.
 */
export async function checkPublicAddress({ http }: Pick<Config, 'http'>, now: () => Date): Promise<readonly Finding[]> {
  const { publicUrl } = http
  if (publicUrl === null) return []
  const what = 'public address'
  const answer = await ask(new URL('/connection/hc', publicUrl)).catch((error: unknown) => wordsOf(error))
  if (typeof answer === 'string') {
    const detail = `${publicUrl} does not answer (${answer}): the vendor cannot deliver; check name, proxy and firewall`
    return [{ verdict: 'WRONG', what, detail }]
  }
  const findings: Finding[] = []
  if (answer.status !== 200 || answer.body !== 'OK') {
    const detail = `${publicUrl} answers ${String(answer.status)}, unlike this service: the address leads elsewhere`
    findings.push({ verdict: 'WRONG', what, detail })
  } else {
    findings.push({ verdict: 'ok', what, detail: `${publicUrl} answers` })
    findings.push(await checkWebhook(publicUrl))
  }
  if (answer.date !== null) {
    findings.push(...judgeClocks([{ of: publicUrl, aheadMs: now().getTime() - answer.date.getTime() }]))
  }
  if (answer.certificateEnds !== null) {
    const days = Math.floor((answer.certificateEnds.getTime() - now().getTime()) / DAY_MS)
    const detail = `expires in ${String(days)} days`
    findings.push({ verdict: days < CERTIFICATE_DAYS ? 'WRONG' : 'ok', what: 'certificate', detail })
  }
  return findings
}

/** Checks that deliveries reach us: one without a secret must be refused by ourselves, and stores nothing. */
async function checkWebhook(publicUrl: string): Promise<Finding> {
  const what = 'webhook'
  const answer = await ask(new URL('/rockblock/incoming', publicUrl), 'POST').catch((error: unknown) => wordsOf(error))
  if (typeof answer === 'string') return { verdict: 'WRONG', what, detail: `a delivery gets no answer (${answer})` }
  if (answer.status === 401 && answer.body.includes('not-let-in'))
    return { verdict: 'ok', what, detail: 'deliveries get through; one without a secret is refused' }
  const detail = `a delivery is answered ${String(answer.status)}, and not by this service: have the proxy forward POST /rockblock/incoming`
  return { verdict: 'WRONG', what, detail }
}

/** Checks that the mail server accepts our login. */
export async function checkMail({ mail }: Pick<Config, 'mail'>): Promise<readonly Finding[]> {
  if (mail === null) return []
  const what = 'mail server'
  const mailer = createMailer(mail)
  try {
    await mailer.verify()
    return [{ verdict: 'ok', what, detail: 'accepts us' }]
  } catch (error) {
    return [{ verdict: 'WRONG', what, detail: `${wordsOf(error)}: check PAIKEA_SMTP_URL` }]
  } finally {
    mailer.close()
  }
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly date: Date | null
  readonly certificateEnds: Date | null
}

function ask(url: URL, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const asking = request(url, { signal, method }, (response) => {
      const { socket, statusCode = 0, headers } = response
      const ends = socket instanceof TLSSocket ? new Date(socket.getPeerCertificate().valid_to) : null
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
        if (body.length > 1000) response.destroy()
      })
      response.once('close', () => {
        const date = headers.date === undefined ? null : new Date(headers.date)
        resolve({ status: statusCode, body, date, certificateEnds: ends })
      })
    })
    asking.once('error', reject)
    asking.end()
  })
}

function readTime(file: string): Date | null {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const text = typeof read === 'object' && read !== null && 'madeAt' in read ? String(read.madeAt) : ''
    const at = new Date(text)
    return Number.isNaN(at.getTime()) ? null : at
  } catch {
    return null
  }
}

function wordsOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code
  return error instanceof Error ? error.message : 'unknown'
}
