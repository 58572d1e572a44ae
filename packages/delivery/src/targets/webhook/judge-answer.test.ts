import { judgeAnswer } from './judge-answer.ts'

const judge = (status: number) => judgeAnswer({ status, retryAfter: null, text: 'no' })

describe('judgeAnswer()', () => {
  it.each([200, 201, 202, 204, 299])('counts %d as success', (status) => {
    expect(judge(status)).toMatchObject({ outcome: 'sent' })
  })

  it.each([400, 413, 415, 422])('ends a delivery whose body is refused (%d)', (status) => {
    expect(judge(status)).toMatchObject({ outcome: 'rejected', fault: 'message', reason: `refused-${status}` })
  })

  it.each([401, 402, 403, 404, 405, 418, 451])('blames the address or the log-in for %d', (status) => {
    expect(judge(status)).toMatchObject({ outcome: 'rejected', fault: 'configuration', reason: `http-${status}` })
  })

  it('treats 410 as a receiver that is gone', () => {
    expect(judge(410)).toMatchObject({ outcome: 'rejected', fault: 'configuration', reason: 'receiver-gone' })
  })

  it.each([301, 308, 408, 409, 423, 425, 429, 500, 502, 503, 504])('tries again after %d', (status) => {
    expect(judge(status)).toMatchObject({ outcome: 'try-later', status, answer: 'no' })
  })
})
