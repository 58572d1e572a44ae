import { FirmwareError } from '../failure.ts'
import { DEFAULT_LIMITS, type FirmwareLimits } from '../limits.ts'
import { openChildSession, type ChildCommand } from './child-session.ts'
import { readPkt } from './pkt-line.ts'

const LIST = '003f0123456789012345678901234567890123456789 refs/heads/main\\0x\\n0000'
/** More than any pipe or buffer holds. */
const ENDLESS = 'while :; do head -c 100000 /dev/zero; done'

const WHAT = { whatToDo: 'look' }

function shell(script: string): ChildCommand {
  return {
    program: 'sh',
    args: ['-c', script],
    env: { PATH: process.env['PATH'] ?? '' },
    explain: ({ code, stderr }) => new FirmwareError('server-error', 'retry', `ended with ${code}: ${stderr}`, WHAT),
    missing: () => new FirmwareError('ssh-missing', 'park', 'missing', WHAT),
  }
}

const open = (script: string, limits: Partial<FirmwareLimits> = {}, signal = new AbortController().signal) =>
  openChildSession(shell(script), { limits: { ...DEFAULT_LIMITS, ...limits }, signal })

describe('openChildSession()', () => {
  it.each([
    ['that waits', `printf '${LIST}'; sleep 600`],
    ['whose output nobody reads any more', `printf '${LIST}'; ${ENDLESS}`],
    ['whose error output nobody reads any more', `printf '${LIST}'; (${ENDLESS}) >&2`],
    ['that has ended', `printf '${LIST}'`],
    ['that has ended with output unread', `printf '${LIST}'; head -c 60000 /dev/zero`],
    ['that left a child holding its streams', `printf '${LIST}'; setsid sleep 20 & exit 0`],
  ])('closes a session with a program %s', async (_name, script) => {
    const session = await open(script)
    await expect(session.close()).resolves.toBeUndefined()
    await expect(session.close()).resolves.toBeUndefined()
  })

  it.each([
    ['after one byte of its answer', 1],
    ['after 100 bytes of its answer', 100],
  ])('closes a session and aborts the pending read %s', async (_name, bytes) => {
    const session = await open(`printf '${LIST}'; ${ENDLESS}`)
    // The request is larger than a pipe, and nobody takes it.
    const reader = session.request(Buffer.alloc(1_000_000))
    await reader.read(bytes)
    const rest = reader.read(1_000_000_000)
    await session.close()
    await expect(rest).rejects.toMatchObject({ name: 'AbortError' })
  })

  it.each([
    ['before its list', 'sleep 600', { connectMs: 100 }, 'host-silent'],
    ['inside its list', `printf '003f0123'; sleep 600`, { idleMs: 100 }, 'transfer-stalled'],
  ])('gives up on a program that stalls %s', async (_name, script, limits, code) => {
    await expect(open(script, limits)).rejects.toMatchObject({ code })
  })

  it('gives up on a program that stalls inside its answer', async () => {
    const session = await open(`printf '${LIST}0008abcd'; sleep 600`, { idleMs: 200 })
    const reader = session.request(Buffer.alloc(4))
    expect(await readPkt(reader)).toMatchObject({ kind: 'data' })
    await expect(readPkt(reader)).rejects.toMatchObject({ code: 'transfer-stalled' })
    await session.close()
  })

  it('ends when aborted, while opening or while reading', async () => {
    const early = new AbortController()
    const opening = open('sleep 600', {}, early.signal)
    early.abort(new Error('called off'))
    await expect(opening).rejects.toThrow('called off')
    const late = new AbortController()
    const session = await open(`printf '${LIST}'; ${ENDLESS}`, {}, late.signal)
    const reader = session.request(Buffer.alloc(4))
    late.abort(new Error('called off'))
    await expect(reader.read(1_000_000_000)).rejects.toThrow('called off')
    await session.close()
  })

  it('reports why a program ended without a list', async () => {
    await expect(open('echo no such thing >&2; exit 3')).rejects.toThrow(/ended with 3: no such thing/u)
  })
})
