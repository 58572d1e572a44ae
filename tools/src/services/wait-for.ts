import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Polls until `check` returns true; `false` when time runs out. */
export async function waitFor(
  check: () => Promise<boolean>,
  options: { readonly limitMs: number; readonly everyMs?: number },
): Promise<boolean> {
  const end = Date.now() + options.limitMs
  while (Date.now() < end) {
    if (await check()) return true
    await sleep(options.everyMs ?? 50)
  }
  return false
}

/** Whether something accepts connections at an address: a local port, or a socket's path. */
export async function isListening(
  address: { readonly port: number; readonly host?: string } | { readonly path: string },
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', ...address })
    const finish = (isOpen: boolean): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.setTimeout(1_000, () => finish(false))
    socket.on('connect', () => finish(true)).on('error', () => finish(false))
  })
}
