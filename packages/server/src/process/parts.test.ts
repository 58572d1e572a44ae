import { createParts } from './parts.ts'

test('parts stop once, in reverse order; one that fails is logged by name and blocks no other', async () => {
  const ended: string[] = []
  const failures: unknown[] = []
  const parts = createParts({ info() {}, warn() {}, error: (event, fields) => void failures.push([event, fields]) })
  parts.add('first', () => void ended.push('first'))
  parts.add('broken', () => {
    throw new Error('stuck')
  })
  parts.add('slow', async () => {
    await Promise.resolve()
    ended.push('slow')
  })
  await parts.stop()
  await parts.stop()
  expect(ended).toEqual(['slow', 'first'])
  expect(failures).toEqual([['process.stop-step-failed', { part: 'broken', error: 'Error: stuck' }]])
})
