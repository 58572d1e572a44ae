import type { z } from 'zod'

/** One environment variable, declared once: how it is parsed, what it means, and what stands in `.env.example`. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** Its messages continue a sentence that begins with the variable's name. */
  readonly schema: Schema
  /** What it means and what holds without it, in whole sentences. */
  readonly meaning: string
  /** What stands behind the name in `.env.example`: the default where there is one, else an example, else nothing. */
  readonly example: string
  /** A secret may also come from a file named by `NAME_FILE`, and is never printed. */
  readonly isSecret: boolean
}

/** A setting whose value may be shown. */
export function open<Schema extends z.ZodType>(schema: Schema, meaning: string, example = ''): Setting<Schema> {
  return { schema, meaning, example, isSecret: false }
}

export function secret<Schema extends z.ZodType>(schema: Schema, meaning: string, example = ''): Setting<Schema> {
  return { schema, meaning, example, isSecret: true }
}

/** The schemas of some settings by their names. */
export type SchemasOf<Settings extends Readonly<Record<string, Setting>>> = {
  readonly [Name in keyof Settings]: Settings[Name]['schema']
}

export function schemasOf<const Settings extends Readonly<Record<string, Setting>>>(
  settings: Settings,
): SchemasOf<Settings> {
  // The same names, each with its own schema: `Object.fromEntries` only forgets which.
  return Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])) as SchemasOf<Settings>
}
