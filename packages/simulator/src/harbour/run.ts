import { connect, type Socket } from 'node:net'

/** How long a connection abandoned by a power cut is kept open silently. */
const ABANDONED_MS = 60_000

/**
 * What a device does between power-on and the next cut or reset. After that, its pending promises never settle, because
 * the program they belong to no longer exists.
 */
export class Run {
  #isOver = false
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #sockets = new Set<Socket>()

  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves later; never if the run ends first. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isOver) return
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        resolve()
      }, ms)
      timer.unref()
      this.#timers.add(timer)
    })
  }

  /** Opens a connection of this run. */
  connect(target: { readonly host: string; readonly port: number }): Socket {
    const socket = connect({ ...target, allowHalfOpen: true })
    socket.setNoDelay(true)
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket
  }

  /** The power is cut: peers see neither a FIN nor a reset. */
  cut(): void {
    for (const socket of this.#leave()) {
      socket.pause()
      setTimeout(() => socket.destroy(), ABANDONED_MS).unref()
    }
  }

  /** The program resets: connections are closed. */
  reset(): void {
    for (const socket of this.#leave()) socket.destroy()
  }

  #leave(): readonly Socket[] {
    this.#isOver = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    const sockets = [...this.#sockets]
    this.#sockets.clear()
    for (const socket of sockets) {
      socket.removeAllListeners()
      socket.on('error', () => undefined)
    }
    return sockets
  }
}
