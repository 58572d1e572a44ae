import { setTimeout as sleep } from 'node:timers/promises'
import { watchLoopPressure } from './loop-pressure.ts'

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test('watchLoopPressure() is busy right after the loop was held up, and calm again soon', async () => {
  const pressure = watchLoopPressure({ busyAboveMs: 20 })
  await sleep(15)
  block(120)
  await sleep(1)
  expect(pressure.isBusy()).toBe(true)
  for (let tries = 0; tries < 200 && pressure.isBusy(); tries += 1) await sleep(10)
  expect(pressure.isBusy()).toBe(false)
  pressure.stop()
})
