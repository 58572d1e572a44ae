/** A queue as an endpoint names it. */
export interface QueueAddress {
  readonly queueUrl?: string | undefined
  readonly queueName?: string | undefined
}

/** Host names of AWS itself, in current and older forms; the first group is the region. */
const AWS_HOST =
  /^(?:sqs\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)|([a-z0-9-]+)\.queue\.amazonaws\.com|queue\.amazonaws\.com)$/
const NAME = /^[\w-]{1,75}(?:\.fifo)?$/
/** A service compatible with AWS uses its own address in queue URLs. */
const ACCOUNT_PATH = /^\/(?:\d{12}|queue|[\w-]{1,80})\/([\w-]{1,75}(?:\.fifo)?)$/

/** Whether a text is a valid queue name. */
export function isQueueName(text: string): boolean {
  return NAME.test(text)
}

/** Name and region from a queue URL; `null` if it is not one. `isForeign`: the host is not AWS's own. */
export function readQueueUrl(
  text: string,
): { readonly name: string; readonly region: string | null; readonly isForeign: boolean } | null {
  if (!URL.canParse(text)) return null
  const { protocol, hostname, pathname, username, password, search, hash } = new URL(text)
  const name = ACCOUNT_PATH.exec(pathname)?.[1]
  const isPlain = username === '' && password === '' && search === '' && hash === ''
  if (name === undefined || !isPlain || (protocol !== 'https:' && protocol !== 'http:')) return null
  const host = AWS_HOST.exec(hostname)
  const isForeign = host === null || protocol !== 'https:'
  return { name, region: host?.[1] ?? host?.[2] ?? null, isForeign }
}

/** Whether it is a FIFO queue. */
export function isFifo({ queueUrl, queueName }: QueueAddress): boolean {
  return (queueName ?? queueUrl ?? '').endsWith('.fifo')
}

/** The group id within which messages keep their order: letters, digits and punctuation, at most 128 characters. */
export function groupIdOf(iam: string | null): string {
  const plain = (iam ?? '').replace(/[^\x21-\x7e]/g, '_').slice(0, 128)
  return plain === '' ? 'none' : plain
}
