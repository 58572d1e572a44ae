import { createTransport } from 'nodemailer'

/** A message to one recipient. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Unchanged when sent again, so that mail programs show it once. */
  readonly id: string
}

/** Sends mail. */
export interface Mailer {
  /** @throws if the server did not accept it; the error never contains user or password */
  send(mail: Mail): Promise<void>
  /** Checks that the server responds and accepts our login. @throws */
  verify(): Promise<void>
  close(): void
}

/** Time limit for each step with the server. */
const STEP_MS = 15_000

/**
 * Sends mail over SMTP.
 *
 * @param options.url `smtp://user:password@host:587` (STARTTLS if the server offers it) or `smtps://…:465`
 * @param options.from the sender, as `Paikea <paikea@example.org>`
 */
export function createMailer({ url, from }: { readonly url: string; readonly from: string }): Mailer {
  const { protocol, hostname, port, username, password } = new URL(url)
  const isTls = protocol === 'smtps:'
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
  const transport = createTransport({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isTls ? 465 : 587) : Number(port),
    secure: isTls,
    // A password is sent in clear text only to this machine itself.
    requireTLS: !isTls && username !== '' && !isLocal,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ to, subject, text, id }) {
      try {
        // As an object: a comma in an address must not start a second one.
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text, messageId: `<${id}@paikea>` })
      } catch (error) {
        throw new Error(`mail was not accepted: ${reasonOf(error)}`, { cause: error })
      }
    },
    async verify() {
      try {
        await transport.verify()
      } catch (error) {
        throw new Error(`the mail server refused: ${reasonOf(error)}`, { cause: error })
      }
    },
    close: () => transport.close(),
  }
}

/** A code and the server's reply in brief: servers do not repeat passwords, and the address is ours. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown'
  const code = 'code' in error ? String(error.code) : 'unknown'
  const answer =
    'responseCode' in error && typeof error.responseCode === 'number' ? ` ${String(error.responseCode)}` : ''
  return `${code}${answer}`
}
