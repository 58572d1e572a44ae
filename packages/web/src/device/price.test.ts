import { SPANISH_WORDS } from '../i18n/spanish.ts'
import { createTranslate } from '../i18n/translate.ts'
import { readStages } from '../setup/new-rollout.tsx'
import { commandReason, orderWords } from './command-words.ts'
import { priceOf } from './price.ts'

it('priceOf() prices a command, and reports one that the firmware would refuse', () => {
  expect(priceOf({ command: 'interval', minutes: 20 }, { generation: 'v3' })).toEqual({ credits: 1 })
  expect(priceOf({ command: 'interval', minutes: 1441 }, { generation: 'v3' })).toEqual({
    problem: expect.stringContaining('1440'),
  })
  expect(priceOf({ command: 'beacon', on: true }, { generation: 'v2' })).toEqual({ credits: 1 })
  expect(priceOf({ command: 'beacon', on: true }, { generation: null })).toHaveProperty('problem')
})

it('words commands in the chosen language, and falls back to the code for an unknown reason', () => {
  const t = createTranslate(SPANISH_WORDS)
  expect(orderWords({ command: 'interval', minutes: 20 }, t)).toBe('intervalo 20 min')
  expect(commandReason('sleeps-already', createTranslate())).toContain('already asleep')
  expect(commandReason('some-code', t)).toBe('some-code')
})

it('readStages() reads one stage per line of names', () => {
  expect(readStages(' PK001 \n\nPK002, PK003\n,')).toEqual([['PK001'], ['PK002', 'PK003']])
})
