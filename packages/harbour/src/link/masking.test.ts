import { createMasker, maskCommand, type Masker } from './masking.ts'
import { parseJson } from './messages.ts'

const sta = (password: string) => ({ verb: 'CMD' as const, name: 'test_new_sta', args: ['Harbour', password] })
const mask = (masker: Masker, text: string): string => masker.mask(text, parseJson(text))

describe('createMasker()', () => {
  it.each([
    ['plain', 'hunter22', '{"error":"no hunter22 here"}'],
    ['in an invalid frame', 'hunter22', '{"error": "a "quoted" hunter22"}'],
    ['with a quote, escaped', 'hun"ter22', '{"error":"hun\\"ter22"}'],
    ['with a quote, in an invalid frame', 'hun"ter22', '{"error": "hun"ter22"}'],
    ['with a quote, as Python writes it', "hun'ter22", "{\"error\":\"['CMD', 'x', 'hun\\\\'ter22']\"}"],
    ['not ASCII, escaped', 'hünter22', '{"error":"h\\u00fcnter22"}'],
    ['as a key', 'hunter22', '{"hunter22":1}'],
    ['as a number', '12345678', '{"x":12345678}'],
    ['short, as a whole value', 'abc', '{"x":"abc"}'],
  ])('masks a password it has seen: %s', (_how, password, text) => {
    const masker = createMasker()
    masker.learn(sta(password))
    const masked = mask(masker, text)
    expect(masked).toContain('********')
    expect(masked).not.toMatch(/ter22|12345678|"abc"/u)
  })

  it.each([
    '{"error":["CMD","test_new_sta",["Harbour","never seen"]]}',
    '{"error":["CMD","store_new_sta","never seen"]}',
    "{\"error\":\"['CMD', 'store_new_sta', ['Harbour', 'never seen']]\"}",
    '{"error":{"ssid":"Harbour","password":"never seen"}}',
    '{"error": "a "b" store_new_sta, [\'never seen\']"}',
  ])('masks a password it has not seen, in an echo: %s', (text) => {
    expect(mask(createMasker(), text)).not.toContain('never seen')
  })

  it('leaves everything else unchanged, byte for byte', () => {
    const masker = createMasker()
    masker.learn(sta('hunter22'))
    for (const text of [
      '{ "iam":"PK001", "iam":"PK001" }',
      '{"error":"test_new_sta() takes 2 arguments"}',
      'no JSON',
    ]) {
      expect(mask(masker, text)).toBe(text)
    }
  })
})

it('maskCommand() shows the network and hides the password', () => {
  expect(maskCommand(sta('hunter22'))).toEqual(['CMD', 'test_new_sta', ['Harbour', '********']])
})
