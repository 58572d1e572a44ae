import { createCommandOrder, isFault, readCommand, writeCommand } from './commands.ts'

const written = (value: unknown): string => {
  const read = readCommand(value)
  return isFault(read) ? read.code : writeCommand(read)
}

describe('readCommand()', () => {
  it.each([
    ['["GET","wifi",[]]'],
    ['["CMD","hal",[]]'],
    ['["CMD","reset",[]]'],
    ['["CMD","send_lora",["hello"]]'],
    ['["CMD","test_new_sta",["Harbour","pass word"]]'],
    ['["CMD","store_new_sta",["Harbour",""]]'],
    ['["CMD","switch_app",["updatepy"]]'],
  ])('accepts %s and writes it back byte for byte', (text) => {
    expect(written(JSON.parse(text))).toBe(text)
  })

  it.each([
    [['CMD', 'format_flash', []], 'unknown-command'],
    [['GET', 'hal', []], 'unknown-command'],
    [['PUT', 'wifi', []], 'unknown-command'],
    [['CMD', 'constructor', []], 'unknown-command'],
    [['CMD', 'hal', ['now']], 'bad-arguments'],
    [['CMD', 'hal', null], 'bad-arguments'],
    [['CMD', 'hal'], 'bad-arguments'],
    [{ command: 'hal' }, 'bad-arguments'],
    [['CMD', 'service', ['x']], 'bad-arguments'],
    [['CMD', 'send_lora', []], 'bad-arguments'],
    [['CMD', 'send_lora', [7]], 'bad-arguments'],
    [['CMD', 'send_lora', ['x'.repeat(201)]], 'bad-arguments'],
    [['CMD', 'send_lora', ['\ud800']], 'bad-arguments'],
    [['CMD', 'test_new_sta', ['Harbour']], 'bad-arguments'],
    [['CMD', 'test_new_sta', ['', 'secret']], 'bad-arguments'],
    [['CMD', 'test_new_sta', ['x'.repeat(33), 'secret']], 'bad-arguments'],
    [['CMD', 'store_new_sta', ['Harbour', 'secret', 'more']], 'bad-arguments'],
    [['CMD', 'switch_app', ['os']], 'bad-arguments'],
  ])('refuses %j', (value, code) => {
    expect(written(value)).toBe(code)
  })

  it('never repeats a value in a fault', () => {
    const read = readCommand(['CMD', 'test_new_sta', ['Harbour', 'x'.repeat(65)]])
    expect(JSON.stringify(read)).not.toContain('xxx')
  })
})

describe('createCommandOrder()', () => {
  const command = (name: string) => ({ verb: 'CMD' as const, name, args: [] })

  it.each(['hal', 'start_gps', 'start_rb'])('admits send_lora after %s, but no longer after a reset', (setup) => {
    const order = createCommandOrder()
    expect(order.admit(command('send_lora'))).toMatchObject({ code: 'bad-arguments' })
    order.admit(command('start_lora'))
    expect(order.admit(command('send_lora'))).toMatchObject({ code: 'bad-arguments' })
    expect(order.admit(command(setup))).toBeNull()
    expect(order.admit(command('send_lora'))).toBeNull()
    order.admit(command('reset'))
    expect(order.admit(command('send_lora'))).not.toBeNull()
  })
})
