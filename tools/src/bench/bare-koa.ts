import Koa from 'koa'

/** The baseline: the same framework reads the same bodies and returns the same bytes, but stores nothing. */
const app = new Koa()
app.use(async (context) => {
  for await (const chunk of context.req) void chunk
  context.type = 'application/json'
  context.body = '{"status":"accepted"}'
})
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ type: 'ready', port: typeof address === 'object' && address !== null ? address.port : 0 })
})
process.on('disconnect', () => process.exit(0))
