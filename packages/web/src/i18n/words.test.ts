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
import { LINK_COMMANDS } from '../device/link-commands.ts'
import { CODE_WORDS, codeWords, OUTCOME_WORDS, PROOF_WORDS } from '../format/codes.ts'
import { RequestFailure } from '../api/fetch-or-throw.ts'
import { failureWords } from '../shell/failure-words.ts'
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

it('has Spanish for every kind of alert, link command and worded code', () => {
  const tables = [CODE_WORDS, OUTCOME_WORDS, PROOF_WORDS]
  expect(tables.flatMap((table) => Object.values(table)).filter((words) => !(words in SPANISH_WORDS))).toEqual([])
  expect(LINK_COMMANDS.filter(([words]) => !(words in SPANISH_WORDS))).toEqual([])
  expect(ALERT_KINDS.filter((kind) => !(ALERT_WORDS[kind] in SPANISH_WORDS))).toEqual([])
})

it('has Spanish for every state and role of the service', () => {
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

/** What the sources of a package say where an expression finds it. */
function codesIn(path: string, pattern: RegExp): readonly string[] {
  const folder = join(SOURCES, '..', '..', path)
  if (path.endsWith('.ts')) return matchesIn(readFileSync(folder, 'utf8'), pattern)
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const sources = names.filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
  return matchesIn(sources.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n'), pattern)
}

function matchesIn(source: string, pattern: RegExp): readonly string[] {
  return [...new Set([...source.matchAll(pattern)].flatMap(([, ...codes]) => codes.filter(Boolean)))]
}

it.each([
  ['intake/src', /\bcode: '([a-z\d-]+)'/g],
  ['packets/src', /\bfail\([^,]+, '([a-z-]+)'/g],
  ['rockblock-client/src/send', /\breason: '([a-z-]+)'/g],
  ['rockblock-client/src/send', /^ {2}\| '([a-z-]+)'$/gm],
  ['delivery/src/targets', /\breason: '([a-z-]+-[a-z-]+|redirected|refused)'/g],
])('has words for every code in %s (%s)', (path, pattern) => {
  const codes = codesIn(path, pattern)
  expect(codes.length).toBeGreaterThan(2)
  expect(codes.filter((code) => codeWords(code) === code)).toEqual([])
})

it.each([
  ['problem', 'api/src/http/problem-codes.ts', /^ {2}'?([a-z-]+)'?: [45]\d\d,$/gm],
  ['field', 'operations/src', /refuseField\(\s*[^,]+,\s*'([a-z-]+)'/g],
  ['upgrade', 'firmware/src/upgrade', /^ {2}\| '([a-z-]+)'$/gm],
  ['advice', 'domain/src', /^ {2}'([a-z]+-[a-z-]+)',$/gm],
])('has Spanish for every code of kind “%s”', (kind, path, pattern) => {
  const codes = kind === 'advice' ? ALERT_KINDS : codesIn(path, pattern)
  expect(codes.length).toBeGreaterThan(8)
  expect(codes.filter((code) => !(`${kind}:${code}` in SPANISH_WORDS))).toEqual([])
})

it('words a refusal in Spanish by its codes, and in English as the service does, without variable names', () => {
  const about = { status: 422, code: 'validation-failed' }
  const tooLong = new RequestFailure('label: is too long', {
    ...about,
    errors: [{ field: 'password', code: 'wrong-password', message: 'is wrong' }],
  })
  expect(failureWords(tooLong, createTranslate())).toBe('label: is too long')
  expect(failureWords(tooLong, createTranslate(SPANISH_WORDS))).toBe(
    'Algo de lo escrito no es válido: password: la contraseña no es correcta',
  )
  const reach = new RequestFailure('url: leads to a private address outside PAIKEA_PRIVATE_TARGETS', {
    ...about,
    errors: [{ field: 'url', code: 'private-address', message: '' }],
  })
  expect(failureWords(reach, createTranslate())).not.toContain('PAIKEA')
  expect(failureWords(reach, createTranslate(SPANISH_WORDS))).toContain('red privada')
})

it('keeps every placeholder in Spanish, and fills in the values it is given', () => {
  const placesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted()
  for (const [english, spanish] of Object.entries(SPANISH_WORDS)) expect(placesOf(spanish)).toEqual(placesOf(english))
  expect(createTranslate(SPANISH_WORDS)('{done} of {total}', { done: 1, total: 2 })).toBe('1 de 2')
  expect(createTranslate()('{done} of {total}', { done: 1 })).toBe('1 of {total}')
})
