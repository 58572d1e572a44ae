import { stopEverything } from './services-to-stop.ts'

/** Stops what `global-setup.ts` started. */
export default async function globalTeardown(): Promise<void> {
  await stopEverything()
}
