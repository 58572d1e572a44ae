import type { z } from 'zod'

/** One environment variable, declared once: its parser, its meaning, and its line in `.env.example`. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** Its messages continue a sentence that begins with the variable's name. */
  readonly schema: Schema
  /** Its meaning and its default, in whole sentences. */
  readonly meaning: string
  /** The value in `.env.example`: the default if there is one, otherwise an example, otherwise nothing. */
  readonly example: string
  /** A secret may also come from a file named by `NAME_FILE`, and is never printed. */
  readonly isSecret: boolean
}

/** A setting whose value may be printed. */
export function open<Schema extends z.ZodType>(schema: Schema, meaning: string, example = ''): Setting<Schema> {
  return { schema, meaning, example, isSecret: false }
}

export function secret<Schema extends z.ZodType>(schema: Schema, meaning: string, example = ''): Setting<Schema> {
  return { schema, meaning, example, isSecret: true }
}

/** The schemas of some settings, by name. */
export type SchemasOf<Settings extends Readonly<Record<string, Setting>>> = {
  readonly [Name in keyof Settings]: Settings[Name]['schema']
}

export function schemasOf<const Settings extends Readonly<Record<string, Setting>>>(
  settings: Settings,
): SchemasOf<Settings> {
  // The same names, each with its own schema: `Object.fromEntries` merely loses that type.
  return Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])) as SchemasOf<Settings>
}
