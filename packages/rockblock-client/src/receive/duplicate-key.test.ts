import { form, HELLO_FORM, json, messageOf, parseForm, parseJson } from '../../test/bodies.ts'
import { describe, equal, it, match, ok } from '../../test/harness.ts'
import { buildSignedWebhook, generateTestKeys, SAMPLE_FIELDS } from '../testing/mod.ts'
import { duplicateKey } from './duplicate-key.ts'
import type { ParseResult } from './message.ts'
import { parseWebhook } from './parse-webhook.ts'

const keyOf = (result: ParseResult): Promise<string> => duplicateKey(messageOf(result))
const b = SAMPLE_FIELDS['core-push']
const c = SAMPLE_FIELDS.cloudloop

describe('duplicateKey()', () => {
  it('builds the key for format A from IMEI, MOMSN, time and payload hash', async () => {
    equal(await keyOf(parseForm(HELLO_FORM)), 'a/300234010753370.12.20211031T104150Z.a591a6d40bf420404a011733cfb7b190')
  })

  it('ignores encoding, field order, token and hex case for format A', async () => {
    const key = await keyOf(parseForm(HELLO_FORM))
    equal(await keyOf(parseJson(json())), key)
    equal(await keyOf(parseForm(HELLO_FORM.split('&').toReversed().join('&'))), key)
    equal(await keyOf(parseForm(form({ data: '48656C6C6F20576F726C64' }))), key)
    const { privateKey } = await generateTestKeys()
    const { body, contentType } = await buildSignedWebhook({ format: 'rockblock', privateKey })
    equal(await keyOf(parseWebhook(body, contentType)), key)
  })

  it('returns a different key for format A when any of the four parts differs', async () => {
    const keys = await Promise.all([
      keyOf(parseForm(HELLO_FORM)),
      keyOf(parseForm(form({ imei: '300234010753371' }))),
      keyOf(parseForm(form({ momsn: '13' }))),
      keyOf(parseForm(form({ transmit_time: '21-10-31 10:41:51' }))),
      keyOf(parseForm(form({ data: '48656c6c6f20576f726c65' }))),
      keyOf(parseForm(form({ data: '' }))),
    ])
    equal(new Set(keys).size, keys.length)
  })

  it('ignores the fields of format A that the vendor may change in a retry', async () => {
    equal(
      await keyOf(parseForm(form({ iridium_latitude: '1', iridium_cep: undefined, iridium_session_status: '2' }))),
      await keyOf(parseForm(HELLO_FORM)),
    )
  })

  it('builds the key for formats B and C from the IMEI and the vendor’s id', async () => {
    equal(await keyOf(parseJson(b)), 'b/300534060000010.kQxWvdLmTzPbNoYgReJhCsAuFiEtOqMw')
    equal(await keyOf(parseJson(c)), 'c/300234010753370.6c1e7f52-3d0b-4b6a-9d56-0f4f7c1a2b3c')
  })

  it('returns different keys for the GPS and the Iridium push of one message in format B', async () => {
    const twin = { ...b, id: 'aQxWvdLmTzPbNoYgReJhCsAuFiEtOqMw', source: 'IRIDIUM' }
    ok((await keyOf(parseJson(b))) !== (await keyOf(parseJson(twin))))
  })

  it('returns a short, distinct key of safe characters, whatever the id', async () => {
    for (const id of ['a/b', 'ä', ' ', 'x'.repeat(200), '../../etc', 'a b']) {
      const key = await keyOf(parseJson({ ...b, id }))
      match(key, /^b\/[A-Za-z0-9_.:-]+$/)
      ok(key.length <= 120, key)
    }
    ok((await keyOf(parseJson({ ...b, id: 'a/b' }))) !== (await keyOf(parseJson({ ...b, id: 'a/c' }))))
  })
})
