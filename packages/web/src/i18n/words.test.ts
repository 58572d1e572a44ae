import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ALERT_KINDS,
  COMMAND_STATES,
  DELIVERY_STATES,
  MESSAGE_STATES,
  RELEASE_STATES,
  ROLES,
  ROLLOUT_STATES,
  UPGRADE_STATES,
} from '@paikea/domain'
import { CODE_WORDS } from '../format/codes.ts'
import { ALERT_WORDS } from '../setup/alert-words.ts'
import { SPANISH_WORDS } from './spanish.ts'
import { createTranslate } from './translate.ts'

const SOURCES = join(import.meta.dirname, '..')
/** `t('…')` and `t(isSo ? '…' : '…')`; texts that come out of a table are listed where the table is. */
const PLAIN = /\bt\(\s*'((?:[^'\\]|\\.)*)'/g
const EITHER = /\bt\([\w.]+(?: === [^?]+?)? \? '([^']*)' : '([^']*)'\)/g

it('has Spanish for every text of every screen', () => {
  const missing: string[] = []
  for (const name of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(name) || name.endsWith('.test.ts')) continue
    const source = readFileSync(join(SOURCES, name), 'utf8')
    const texts = [...source.matchAll(PLAIN), ...source.matchAll(EITHER)].flatMap(([, ...parts]) => parts)
    missing.push(...texts.filter((text) => !(text in SPANISH_WORDS)).map((text) => `${name}: ${text}`))
  }
  expect(missing).toEqual([])
})

it('has words in both languages for every kind of alert, and for the codes it puts into words', () => {
  expect(Object.values(CODE_WORDS).filter((words) => !(words in SPANISH_WORDS))).toEqual([])
  expect(ALERT_KINDS.filter((kind) => !(ALERT_WORDS[kind] in SPANISH_WORDS))).toEqual([])
})

it('has Spanish for every state and role that the service tells', () => {
  const told = [
    ...COMMAND_STATES,
    ...DELIVERY_STATES,
    ...MESSAGE_STATES,
    ...RELEASE_STATES,
    ...ROLLOUT_STATES,
    ...UPGRADE_STATES,
    ...ROLES,
  ]
  expect(told.filter((word) => !(word in SPANISH_WORDS))).toEqual([])
})

it('keeps every place for a value, and fills it in', () => {
  const placesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted()
  for (const [english, spanish] of Object.entries(SPANISH_WORDS)) expect(placesOf(spanish)).toEqual(placesOf(english))
  expect(createTranslate(SPANISH_WORDS)('{done} of {total}', { done: 1, total: 2 })).toBe('1 de 2')
  expect(createTranslate()('{done} of {total}', { done: 1 })).toBe('1 of {total}')
})
