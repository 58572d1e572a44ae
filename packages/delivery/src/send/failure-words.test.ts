import { failureWords } from './failure-words.ts'

describe('failureWords()', () => {
  it.each([
    ['http-503', 'The receiver answered 503.'],
    ['econnrefused', 'The receiver could not be reached (econnrefused).'],
    ['eai-again', 'The receiver could not be reached (eai-again).'],
    ['econnreset', 'The connection to the receiver broke before it answered.'],
    ['cert-has-expired', 'The receiver has a certificate that we cannot trust (cert-has-expired).'],
    ['timeout', 'The receiver did not answer in time.'],
    ['no-free-slot', 'Other deliveries went first.'],
    ['something-new', 'The attempt failed (something-new).'],
  ])('puts %s into words', (reason, sentence) => {
    expect(failureWords('The receiver', reason)).toBe(sentence)
  })
})
