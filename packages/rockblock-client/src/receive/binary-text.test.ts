import { describe, equal, it } from '../../test/harness.ts'
import { decodeBase64, decodeBase64Url, decodeHex, encodeBase64, encodeBase64Url, encodeHex } from './binary-text.ts'
import { sha256 } from './sha256.ts'

const all: Uint8Array = Uint8Array.from({ length: 256 }, (_value, index) => index)

describe('bytes as text', () => {
  it('round-trips every byte value through hex, Base64 and Base64url', () => {
    equal(decodeHex(encodeHex(all)), all)
    equal(decodeHex(encodeHex(all).toUpperCase()), all)
    equal(decodeBase64(encodeBase64(all)), all)
    equal(new Uint8Array(decodeBase64Url(encodeBase64Url(all)) ?? []), all)
  })

  it('decodeHex() accepts nothing but pairs of hex digits', () => {
    for (let code = 0; code < 300; code++) {
      const character = String.fromCharCode(code)
      equal(decodeHex(`0${character}`) !== null, /^[0-9a-fA-F]$/.test(character), `code ${code}`)
    }
    equal(decodeHex('000'), null)
    equal(decodeHex(''), new Uint8Array(0))
  })

  it('decodeBase64() accepts missing padding; both decoders refuse malformed text and the other alphabet', () => {
    equal([...(decodeBase64('QUI') ?? [])], [65, 66])
    for (const wrong of ['QU I=', 'Q', 'QUI_', 'QUI=\n', '=QUI', 'Q===']) equal(decodeBase64(wrong), null, wrong)
    for (const wrong of ['QU+/', 'QUI=', 'A']) equal(decodeBase64Url(wrong), null, wrong)
  })
})

describe('sha256()', () => {
  it('matches WebCrypto for every length across the first block boundaries, and for longer samples', async () => {
    for (let length = 0; length <= 400; length += length < 130 ? 1 : 9) {
      const input = Uint8Array.from({ length }, (_value, index) => (index * 31 + length) % 256)
      equal(
        encodeHex(sha256(input)),
        encodeHex(new Uint8Array(await crypto.subtle.digest('SHA-256', input))),
        `${length}`,
      )
    }
  })

  it('matches the standard’s example', () => {
    equal(
      encodeHex(sha256(new TextEncoder().encode('abc'))),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })
})
