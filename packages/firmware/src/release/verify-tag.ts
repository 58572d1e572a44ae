import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FirmwareError } from '../failure.ts'
import { childEnvironment } from '../fetch/child-environment.ts'

/** The signature of a tag, if signers are configured. */
export interface TagSignature {
  /** `unsigned`: there is no signature. */
  readonly state: 'verified' | 'unsigned'
  /** The signer, as named in the file of signers. */
  readonly signer: string | null
}

const BEGIN = '-----BEGIN SSH SIGNATURE-----'
const OTHER_BEGIN = /-----BEGIN (PGP SIGNATURE|PGP MESSAGE|SIGNED MESSAGE)-----/u

/**
 * Verifies an annotated tag's SSH signature against a file of allowed signers (ssh-keygen(1)), by the system's
 * `ssh-keygen`.
 *
 * @param tag the tag object's bytes
 * @throws {FirmwareError} `signature-refused` if it is by another signer, or of another kind
 */
export async function verifyTag(tag: Buffer, signersFile: string): Promise<TagSignature> {
  const text = tag.toString('latin1')
  const at = text.indexOf(BEGIN)
  if (at === -1) {
    if (OTHER_BEGIN.test(text)) throw refused('it is not an SSH signature')
    return { state: 'unsigned', signer: null }
  }
  const folder = await mkdtemp(join(tmpdir(), 'paikea-tag-'))
  try {
    const signature = join(folder, 'signature')
    await writeFile(signature, tag.subarray(at))
    const payload = tag.subarray(0, at)
    const found = await run(['-Y', 'find-principals', '-s', signature, '-f', signersFile], payload)
    const signer = found.said.split('\n')[0]?.trim() ?? ''
    if (found.code !== 0 || signer === '') throw refused('its key does not belong to an allowed signer')
    const checked = await run(['-Y', 'verify', '-f', signersFile, '-I', signer, '-n', 'git', '-s', signature], payload)
    if (checked.code !== 0) throw refused('it does not match the tag')
    return { state: 'verified', signer }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function run(args: readonly string[], input: Buffer): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh-keygen', [...args], { env: childEnvironment(), stdio: ['pipe', 'pipe', 'ignore'] })
    let said = ''
    child.stdout.on('data', (piece: Buffer) => (said += piece.toString()))
    child.stdin.on('error', () => undefined)
    child.once('error', (cause) => {
      reject(
        new FirmwareError(
          'ssh-missing',
          'park',
          'The program ssh-keygen, which verifies signatures, is not installed.',
          {
            whatToDo: 'Install the OpenSSH client (on Debian: apt install openssh-client); then resume.',
            cause,
          },
        ),
      )
    })
    child.once('close', (code) => resolve({ code, said }))
    child.stdin.end(input)
  })
}

function refused(why: string): FirmwareError {
  return new FirmwareError('signature-refused', 'refuse', `The signature of the tag is refused: ${why}.`, {
    whatToDo:
      'Sign the tag with the key of someone in PAIKEA_FIRMWARE_SIGNERS, or add them there; then request it again.',
  })
}
