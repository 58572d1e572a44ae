import type { Config } from './load-config.ts'
import type { Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'

/** The variables that are set, for the log and for `doctor`: secrets only as "(set)". */
export function describeConfig(config: Config): Readonly<Record<string, string>> {
  const shown: Record<string, string> = {}
  for (const [name, { isSecret }] of Object.entries<Setting>(SETTINGS)) {
    const value = config.variables[name]
    if (value !== undefined) shown[name] = isSecret ? '(set)' : value
  }
  for (const [name, value] of Object.entries(config.variables))
    if (name.startsWith('TEMPORAL_')) shown[name] = /KEY|DATA|TOKEN|META/.test(name) ? '(set)' : value
  return shown
}
