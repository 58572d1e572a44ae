const key = Symbol.for('paikea.testing.servicesToStop')

/** Jest loads set-up and tear-down as separate modules: they share state through the process. */
function steps(): (() => Promise<void>)[] {
  const holder: { [key]?: (() => Promise<void>)[] } = process as never
  return (holder[key] ??= [])
}

/** Registers a step for the end of the run. */
export function rememberForTeardown(step: () => Promise<void>): void {
  steps().push(step)
}

/** Runs all registered steps, even if one fails. */
export async function stopEverything(): Promise<void> {
  await Promise.allSettled(
    steps()
      .splice(0)
      .map((step) => step()),
  )
}
