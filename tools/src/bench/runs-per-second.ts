/**
 * Runs `run(0)`, `run(1)` … up to `count` at a given concurrency, after an uncounted warm-up. @returns runs per second
 */
export async function runsPerSecond(
  options: { readonly count: number; readonly atATime: number },
  run: (index: number) => Promise<void>,
): Promise<number> {
  await run(-1)
  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: options.atATime }, async () => {
      while (next < options.count) await run(next++)
    }),
  )
  return options.count / ((performance.now() - began) / 1000)
}
