const DAY_MS = 24 * 3_600_000

/**
 * Whether a text with this time of fix may have been there before. Almost always it is newer than all fixes of its modem, and at another time
 * of day: then nothing of before can be the same text.
 */
export function isNoNews(fixAt: Date, newestFixAt: Date | null): boolean {
  if (newestFixAt === null) return false
  const laterMs = fixAt.getTime() - newestFixAt.getTime()
  return laterMs <= 0 || laterMs % DAY_MS === 0
}
