import { startEventApp } from '../../../test/event-app.ts'

describe('/v1/events', () => {
  it('opens no stream after the request has timed out', async () => {
    let becomeReady: () => void = () => undefined
    const ready = new Promise<void>((resolve) => (becomeReady = resolve))
    const app = await startEventApp({ ready: () => ready, deadlineMs: 50 })
    try {
      const answer = await fetch(`${app.url}/v1/events`)
      expect(await answer.json()).toMatchObject({ code: 'not-in-time' })
      becomeReady()
      await new Promise((resolve) => setImmediate(resolve))
      expect(app.hub.watcherCount()).toBe(0)
      const stream = await fetch(`${app.url}/v1/events`)
      expect(stream.status).toBe(200)
      expect(app.hub.watcherCount()).toBe(1)
      await stream.body?.cancel()
    } finally {
      app.close()
    }
  })
})
