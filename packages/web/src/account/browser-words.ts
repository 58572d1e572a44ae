import { UNKNOWN } from '../format/quantity.ts'

/** Later ones also claim to be the earlier ones. */
const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const
const SYSTEMS = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
] as const
const LONGEST = 60

/** A browser's common name; an unknown one keeps its own user agent text. */
export function browserWords(userAgent: string | null): string {
  if (userAgent === null) return UNKNOWN
  const nameIn = (names: readonly (readonly [RegExp, string])[]) => names.find(([mark]) => mark.test(userAgent))?.[1]
  const [browser, system] = [nameIn(BROWSERS), nameIn(SYSTEMS)]
  if (browser === undefined) return userAgent.slice(0, LONGEST)
  return system === undefined ? browser : `${browser}, ${system}`
}
