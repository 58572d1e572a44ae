import type { ChildProcess } from 'node:child_process'

/** What a process of ours tells the one that started it when it is ready. */
export function readyMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    child.on('message', (message: unknown) => {
      if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready')
        resolve(message)
    })
  })
}
