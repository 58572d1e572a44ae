import { SPANISH_WORDS } from '../i18n/spanish.ts'
import { createTranslate } from '../i18n/translate.ts'
import { readStages } from '../setup/new-rollout.tsx'
import { commandReason, orderWords } from './command-words.ts'
import { priceOf } from './price.ts'

it('prices an order by the text that goes out, and says beforehand what the firmware would not take', () => {
  expect(priceOf({ command: 'interval', minutes: 20 }, { generation: 'v3' })).toEqual({ credits: 1 })
  expect(priceOf({ command: 'interval', minutes: 1441 }, { generation: 'v3' })).toEqual({
    problem: expect.stringContaining('1440'),
  })
  expect(priceOf({ command: 'beacon', on: true }, { generation: 'v2' })).toEqual({ credits: 1 })
  expect(priceOf({ command: 'beacon', on: true }, { generation: null })).toHaveProperty('problem')
})

it('says orders and reasons in words', () => {
  const t = createTranslate(SPANISH_WORDS)
  expect(orderWords({ command: 'interval', minutes: 20 }, t)).toBe('intervalo 20 min')
  expect(commandReason('sleeps-already', createTranslate())).toContain('already asleep')
  expect(commandReason('some-code', t)).toBe('some-code')
})

it('reads stages as lines of names', () => {
  expect(readStages(' PK001 \n\nPK002, PK003\n,')).toEqual([['PK001'], ['PK002', 'PK003']])
})
