import { createLog } from './create-log.ts'

function capture(level: 'info' | 'warn') {
  const lines: unknown[] = []
  const log = createLog({
    level,
    role: 'api',
    destination: { write: (line: string) => void lines.push(JSON.parse(line)) },
  })
  return { log, lines }
}

describe('createLog()', () => {
  test('writes one JSON object per line with event, role and fields', () => {
    const { log, lines } = capture('info')
    log.info('webhook.accepted', { messageId: 7 })
    expect(lines).toEqual([
      expect.objectContaining({ level: 'info', role: 'api', msg: 'webhook.accepted', messageId: 7 }),
    ])
  })

  test('masks secrets by field name, also in nested objects', () => {
    const { log, lines } = capture('info')
    log.error('x', { password: 'hunter2', vendor: { token: 'hunter2', deep: { apiKey: 'hunter2' } }, user: 'crew' })
    expect(JSON.stringify(lines)).not.toContain('hunter2')
    expect(lines).toEqual([expect.objectContaining({ user: 'crew', password: '(hidden)' })])
  })

  test('drops lines below its level', () => {
    const { log, lines } = capture('warn')
    log.info('x')
    expect(lines).toEqual([])
  })

  test('does not throw when a line cannot be written, as on a full disk', () => {
    const write = () => {
      throw new Error('ENOSPC: no space left on device, write')
    }
    const log = createLog({ level: 'info', role: 'api', destination: { write } })
    expect(() => log.error('database.full')).not.toThrow()
  })
})
