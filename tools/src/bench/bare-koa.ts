import Koa from 'koa'

/** The yardstick: the same framework reads the same bodies and answers the same bytes, and keeps nothing. */
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
