import { isOneLine } from './one-line.ts'

describe('isOneLine()', () => {
  it.each([
    0x00, 0x0a, 0x7f, 0xad, 0x034f, 0x061c, 0x115f, 0x1160, 0x180e, 0x200b, 0x202e, 0x2028, 0x2060, 0x2064, 0x2800,
    0x3164, 0xfeff, 0xffa0, 0xe0001, 0xe0041, 0xe007f,
  ])('rejects a control or invisible character, alone and inside a word: %i', (code) => {
    const unseen = String.fromCodePoint(code)
    expect([unseen, `buoy${unseen}7`].map(isOneLine)).toEqual([false, false])
  })

  it.each([0x200c, 0x200d, 0xfe0f, 0xe0100])('rejects a joiner or selector with no base character: %i', (code) => {
    const unseen = String.fromCodePoint(code)
    expect([unseen, ` ${unseen}${unseen} `].map(isOneLine)).toEqual([false, false])
  })

  it.each([
    '',
    '  ',
    'Rua 7',
    'Te Ika\u00a0a\u00a0M\u0101ui',
    '\u26f5\ufe0f',
    '\u{1f468}\u200d\u{1f52c}',
    '\u0646\u0645\u06cc\u200c\u062f\u0627\u0646\u0645',
  ])('accepts words, emoji and blank text: %j', (text) => {
    expect(isOneLine(text)).toBe(true)
  })
})
