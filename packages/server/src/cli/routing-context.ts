import { type Database, listGroups } from '@paikea/database'
import { type OperationContext, systemCaller } from '@paikea/operations'
import type { Config } from '../config/load-config.ts'
import { ServeError } from '../process/serve-error.ts'
import { withExistingStore } from './existing-store.ts'
import type { RoutingFlags } from './routing-program.ts'

/** Works on the configured installation, with the command line's user as the caller. */
export function withOperations<T>(
  env: NodeJS.ProcessEnv,
  work: (context: OperationContext, config: Config) => Promise<T>,
): Promise<T> {
  return withExistingStore(env, (db, config) => work({ db, caller: systemCaller('cli') }, config))
}

/** The id of a group by its name. @throws ServeError if there is none */
export async function groupIdOf(db: Database, name: string | undefined): Promise<number | undefined> {
  if (name === undefined) return undefined
  const found = (await listGroups(db, { scope: { all: true } })).find((group) => group.name === name)
  if (found === undefined) throw wrong('--group', `there is no group ${JSON.stringify(name)}`)
  return found.id
}

/** Parses an id. @throws ServeError */
export function readId(text: string | undefined, flag = '<id>'): number {
  const id = Number(text)
  if (Number.isSafeInteger(id) && id > 0) return id
  throw wrong(flag, `must be a number such as 7, not ${JSON.stringify(text)}`)
}

/** A one-line error for an invalid flag. */
export function wrong(flag: string, why: string): ServeError {
  return new ServeError(`${flag}: ${why}`, { isFinal: false })
}

/** Prints things: one line of words each, or their fields with `--json`. */
export function printAll<T>(flags: RoutingFlags, things: readonly T[], words: (thing: T) => readonly unknown[]): void {
  for (const thing of things) {
    const line = flags.json === true ? JSON.stringify(thing) : words(thing).map(asWord).join('\t')
    process.stdout.write(`${line}\n`)
  }
}

/** An empty value still holds its column; characters that would move the terminal's cursor are removed. */
function asWord(value: unknown): string {
  const text = value === null || value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
}
