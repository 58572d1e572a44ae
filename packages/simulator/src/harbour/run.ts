import { connect, type Socket } from 'node:net'

/** How long a connection that a power cut left behind is kept without a word. */
const ABANDONED_MS = 60_000

/**
 * What a device does between power-on and the next cut or reset. Whatever it waits for then never comes: the promises of a run
 * that is over stay unsettled, as the program they belong to is no more.
 */
export class Run {
  #isOver = false
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #sockets = new Set<Socket>()

  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves later; never when the run ends before. */
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

  /** A connection of this run, with both its ends in the device's own hands. */
  connect(target: { readonly host: string; readonly port: number }): Socket {
    const socket = connect({ ...target, allowHalfOpen: true })
    socket.setNoDelay(true)
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket
  }

  /** The power is cut: the other sides hear nothing, no FIN and no reset. */
  cut(): void {
    for (const socket of this.#leave()) {
      socket.pause()
      setTimeout(() => socket.destroy(), ABANDONED_MS).unref()
    }
  }

  /** A reset by the program: connections are closed. */
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
