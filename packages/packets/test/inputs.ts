/** Messages to try a decoder with: true ones, true ones damaged in the ways that happen, and noise. */
import { bytesOf } from './harness.ts'
import type { Random } from './random.ts'

const WHOLE = [
  'PK001;lat:3749.5074,NS:N,lon:12216.6021,EW:W,utc:030501.086,sog:0.5,cog:12,sta:00,batt:4.7',
  'PK001;lat:800.0120,NS:S,lon:030.0000,EW:E,utc:235959.999,sog:0.000,cog:0,sta:01,batt:4.20,int:10,st:0',
  'PK101;lat:3530.0000,NS:N,lon:12200.0000,EW:W,utc:191049,batt:4.2,int:20,sl:0,st:3',
  'PK101;lat:99900.0000,NS:N,lon:99900.0000,EW:E,utc:000412,batt:4.1,int:10,sl:0,st:1',
  'PK004;3749.5074,N,12216.6021,W,0.5,12,030501.000,00',
  'PK001;lat:000.0000,NS:N,lon:000.0100,EW:E,utc:000018,sog:0.1,cog:9,sta:00',
  'PK005;1',
  'PK006;10',
  'PK007;259200',
].map(bytesOf)

/** What hurts parsers: limits of numbers, names of object properties, other alphabets, other people's syntax. */
const PIECES = [
  '__proto__:x',
  'constructor:1',
  'toString:',
  'None',
  'nan',
  '-inf',
  '1e999',
  '99900.0000',
  '9000.0000',
  '18000.0000',
  '18000.0001',
  '5959.9999',
  '5960.0000',
  '5960.0001',
  '9060.0000',
  '-0.0',
  '240000',
  '235960',
  '9'.repeat(40),
  ',',
  ',,,,',
  ':',
  ';',
  'lat:',
  'NS:S',
  'utc:',
  '\x00\x00',
  '\r\n',
  ' ',
  '\xc3\xa9',
  '\xff',
  '+DATA:PK006,1;',
  'PK001;',
].map(bytesOf)

/** One message of any kind. */
export function randomMessage(random: Random): Uint8Array {
  const kind = random.below(10)
  if (kind === 0) return noise(random, 256, random.below(80))
  if (kind === 1)
    return join(bytesOf(random.pick(['PK001;', 'PK101;', 'PK004;', 'PK006;'])), noise(random, 128, random.below(120)))
  let message = random.pick(WHOLE)
  const damages = random.below(5)
  for (let count = 0; count < damages; count++) message = damage(message, random)
  return message
}

function damage(message: Uint8Array, random: Random): Uint8Array {
  const at = random.below(message.length + 1)
  const end = Math.min(message.length, at + random.below(24))
  switch (random.below(7)) {
    case 0: {
      const copy = Uint8Array.from(message)
      if (at < copy.length) copy[at] = random.below(256)
      return copy
    }
    case 1:
      return message.slice(0, at)
    case 2:
      return join(message.subarray(0, at), message.subarray(end))
    case 3:
      return join(message.subarray(0, end), message.subarray(at))
    case 4:
      return join(message.subarray(0, at), random.pick(WHOLE).subarray(at))
    case 5:
      return join(message.subarray(0, at), noise(random, 128, random.below(6)), message.subarray(at))
    default:
      return join(message.subarray(0, at), random.pick(PIECES), message.subarray(random.below(2) === 0 ? at : end))
  }
}

function noise(random: Random, values: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(values))
}

function join(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
