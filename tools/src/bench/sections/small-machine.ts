import { setTimeout as sleep } from 'node:timers/promises'
import { type Figure, overRounds } from '../figures.ts'
import { runLoad } from '../load.ts'
import { makeMemoryBox, type MemoryBox } from '../memory-box.ts'
import { secondsUntil } from '../until.ts'
import { ownRoot, startWholeSystem, type WholeSystem } from '../whole-system.ts'
import type { BenchRun, Section } from './section.ts'

const MESSAGES = 10_000
const MACHINE_MB = 1_024
const AFTERWARDS_MS = 60_000
const GOAL = 'all acted on, nothing ended for want of memory'

/** The whole system within 1 GB: 10,000 messages as fast as possible. */
export const smallMachine: Section = {
  name: 'small-machine',
  about: `npm start with ${MACHINE_MB} MB in all, ${MESSAGES} messages`,
  async measure(run) {
    const box = makeMemoryBox(MACHINE_MB)
    if (box === null)
      run.progress('no control group can be made here: what it takes is measured, and nothing bounds it')
    try {
      return [overRounds(`the system in ${MACHINE_MB} MB`, [await pass(run, box)], GOAL)]
    } finally {
      box?.remove()
    }
  },
}

async function pass(run: BenchRun, box: MemoryBox | null): Promise<Record<string, number>> {
  const system = await startWholeSystem({ ...run, root: ownRoot, wrapper: box?.wrapper ?? [] })
  try {
    let peakMb = 0
    const watch = setInterval(() => {
      peakMb = Math.max(peakMb, system.memory().wholeMb)
    }, 1_000)
    const figures = await storm(system).finally(() => clearInterval(watch))
    const killed = box?.kills() ?? 0
    if (killed > 0 || / ended \(/.test(system.output()) || peakMb > MACHINE_MB) {
      throw new Error(`killed ${killed}, at most ${peakMb.toFixed(0)} MB:\n${system.output()}`)
    }
    return { ...figures, killed, peakMb }
  } finally {
    await system.stop()
  }
}

/** The system's memory a minute after 10,000 messages; alongside another build if one is named. */
export const memory: Section = {
  name: 'memory',
  about: `npm start, a minute after ${MESSAGES} messages: memory of its parts, growth of its files`,
  async measure(run) {
    const builds = [
      { name: 'this build', root: ownRoot },
      ...(run.beside === null ? [] : [{ name: run.beside, root: run.beside }]),
    ]
    const figures: Figure[] = []
    for (const { name, root } of builds) {
      run.progress(name)
      figures.push(overRounds(name, [await rest(run, root)]))
    }
    const [own, other] = figures
    if (own === undefined || other === undefined) return figures
    const part = (unit: string): number => (own.medians[unit] ?? 0) / (other.medians[unit] ?? 0)
    const small = ({ medians }: Figure): number => (medians['temporalMb'] ?? 0) + (medians['starterMb'] ?? 0)
    const shares = {
      temporalAndStarter: small(own) / small(other),
      wholeSystem: part('wholeMb'),
      actedOnRate: part('actedOnPerSecond'),
    }
    return [...figures, overRounds('share of the other build', [shares], '≤ 0.7, ≤ 0.75, ≥ 0.95')]
  },
}

async function rest(run: BenchRun, root: string): Promise<Record<string, number>> {
  const system = await startWholeSystem({ ...run, root })
  try {
    const before = { temporal: system.bytesOf('temporal.db'), store: system.bytesOf('paikea.db') }
    const figures = await storm(system)
    await sleep(AFTERWARDS_MS)
    return {
      ...figures,
      ...system.memory(),
      temporalBytesPerMessage: (system.bytesOf('temporal.db') - before.temporal) / MESSAGES,
      storeBytesPerMessage: (system.bytesOf('paikea.db') - before.store) / MESSAGES,
    }
  } finally {
    await system.stop()
  }
}

async function storm(system: WholeSystem): Promise<{ answeredPerSecond: number; actedOnPerSecond: number }> {
  const began = performance.now()
  const { perSecond, refused } = await runLoad({
    url: system.webhookUrl,
    clients: 16,
    amount: MESSAGES,
    firstSequence: 0,
    startedAt: new Date().toISOString(),
  })
  if (refused > 0) throw new Error(`${refused} messages were refused`)
  await secondsUntil(system.db, 'processed', { atLeast: MESSAGES, limitSeconds: 600 })
  return { answeredPerSecond: perSecond, actedOnPerSecond: (MESSAGES * 1_000) / (performance.now() - began) }
}
