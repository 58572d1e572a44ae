import { groupIdOf, isQueueName, readQueueUrl } from './queue-address.ts'

describe('readQueueUrl()', () => {
  it.each([
    ['https://sqs.eu-west-1.amazonaws.com/123456789012/buoys', 'buoys', 'eu-west-1', false],
    ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/buoys.fifo', 'buoys.fifo', 'cn-north-1', false],
    ['https://eu-west-2.queue.amazonaws.com/123456789012/buoys', 'buoys', 'eu-west-2', false],
    ['http://sqs.eu-west-1.amazonaws.com/123456789012/buoys', 'buoys', 'eu-west-1', true],
    ['http://127.0.0.1:9324/000000000000/buoys', 'buoys', null, true],
    ['https://sqs.eu-west-1.amazonaws.com.example.org/123456789012/buoys', 'buoys', null, true],
  ])('reads %s', (url, name, region, isForeign) => {
    expect(readQueueUrl(url)).toEqual({ name, region, isForeign })
  })

  it.each([
    ...['buoys', 'https://sqs.eu-west-1.amazonaws.com/', 'ftp://sqs.eu-west-1.amazonaws.com/123456789012/buoys'],
    ...['https://user:pass@sqs.eu-west-1.amazonaws.com/123456789012/buoys', 'https://x/123456789012/buoys?a=b'],
  ])('returns null for %s', (url) => {
    expect(readQueueUrl(url)).toBeNull()
  })
})

it.each([
  ['buoys', true],
  ['buoys.fifo', true],
  ['b'.repeat(76), false],
  ['buo ys', false],
  ['buoys.other', false],
])('isQueueName(%s) is %s', (name, expected) => {
  expect(isQueueName(name)).toBe(expected)
})

it('groupIdOf() replaces blanks and foreign letters, and limits the length', () => {
  expect([groupIdOf('B 03ü'), groupIdOf(null), groupIdOf('x'.repeat(200)).length]).toEqual(['B_03_', 'none', 128])
})
