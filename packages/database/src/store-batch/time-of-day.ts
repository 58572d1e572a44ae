const DAY_MS = 24 * 3_600_000

/**
 * Whether a text with this fix time may have existed before. Nearly always it is newer than all fixes of its modem, and
 * at another time of day: then no earlier text can be the same.
 */
export function isNoNews(fixAt: Date, newestFixAt: Date | null): boolean {
  if (newestFixAt === null) return false
  const laterMs = fixAt.getTime() - newestFixAt.getTime()
  return laterMs <= 0 || laterMs % DAY_MS === 0
}
