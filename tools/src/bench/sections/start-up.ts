import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@paikea/firmware/testing'
import { overRounds } from '../figures.ts'
import type { Section } from './section.ts'

/** `npm start` on a folder that was started before: time until the page responds and until the last line is printed. */
export const startUp: Section = {
  name: 'start',
  about: 'npm start, warm: until the whole is up and says so',
  async measure(run) {
    const data = await mkdtemp(join(tmpdir(), 'paikea-bench-start-'))
    try {
      const rounds: Record<string, number>[] = []
      for (let round = 0; round <= run.rounds; round += 1) {
        run.progress(round === 0 ? 'first start of a new data folder' : `round ${round}`)
        const seconds = await startOnce(data)
        if (round > 0) rounds.push({ seconds })
      }
      return [overRounds('npm start, warm', rounds, '≤ 8 s')]
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  },
}

async function startOnce(data: string): Promise<number> {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  const flags = ['port', 'device-port', 'temporal-port', 'temporal-ui-port', 'simulator-port']
  const ports = await Promise.all(flags.map(async (flag) => [`--${flag}`, String(await freePort())]))
  const began = performance.now()
  const child = spawn('npm', ['start', '--', '--data', data, ...ports.flat()], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  try {
    let output = ''
    for await (const chunk of child.stdout) {
      output += String(chunk)
      // The last line printed is the sample command.
      if (/curl /.test(output)) return (performance.now() - began) / 1000
    }
    throw new Error(`npm start ended: ${output.slice(-500)}`)
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    child.stdout.resume()
    await ended
  }
}
