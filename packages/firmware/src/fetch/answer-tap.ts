/**
 * Checks the response of `git upload-pack` on its way to isomorphic-git, which takes an `ERR` line, an empty response
 * and a fatal error in mid-pack for success. Frames pass unchanged; errors are thrown here instead.
 */
import { FirmwareError } from '../failure.ts'
import { serverSays } from './advertisement.ts'
import type { ByteReader } from './byte-reader.ts'
import { readPkt } from './pkt-line.ts'

/** Bytes of the pack so far, and the server's progress message. */
export type OnTransfer = (progress: { readonly bytes: number; readonly says: string | null }) => void

const PACK = 1
const PROGRESS = 2
const FATAL = 3

/** Passes on the frames of a response. @throws {FirmwareError} as soon as anything is wrong with it */
export async function* tapAnswer(
  reader: ByteReader,
  options: { readonly maxPackBytes: number; readonly onTransfer?: OnTransfer | undefined },
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  let sawFlush = false
  for (;;) {
    const pkt = await readPkt(reader)
    if (pkt.kind === 'end') break
    if (pkt.kind === 'broken') throw broken(bytes)
    if (pkt.kind === 'flush') {
      sawFlush = true
      yield pkt.raw
      continue
    }
    const { payload } = pkt
    if (payload.subarray(0, 4).toString('latin1') === 'ERR ') throw serverSays(payload.subarray(4).toString('utf8'))
    if (payload[0] === FATAL) throw serverSays(payload.subarray(1).toString('utf8'))
    if (payload[0] === PACK) {
      bytes += payload.length - 1
      if (bytes > options.maxPackBytes) throw packTooLarge(options.maxPackBytes)
      options.onTransfer?.({ bytes, says: null })
    }
    if (payload[0] === PROGRESS) options.onTransfer?.({ bytes, says: lastLine(payload.subarray(1).toString('utf8')) })
    yield pkt.raw
  }
  if (!sawFlush || bytes === 0) throw broken(bytes)
}

function lastLine(text: string): string | null {
  const lines = text.split(/[\r\n]/u).filter((line) => line.trim() !== '')
  return lines.at(-1)?.trim().slice(0, 120) ?? null
}

function broken(bytes: number): FirmwareError {
  const where = bytes === 0 ? 'before the first byte of the files' : `after ${bytes} bytes of the files`
  return new FirmwareError('transfer-broken', 'retry', `The connection ended ${where}.`, {
    whatToDo: 'It is retried automatically.',
  })
}

function packTooLarge(maxBytes: number): FirmwareError {
  const megabytes = Math.floor(maxBytes / 1024 / 1024)
  return new FirmwareError('pack-too-large', 'refuse', `The server sends more than ${megabytes} MiB.`, {
    whatToDo:
      'Request a branch, a tag or a full commit id (an abbreviated one needs the whole history), and keep large files out of the repository.',
  })
}
