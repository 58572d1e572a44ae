/** The wait timed out; the result may still arrive. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

/** Waits for work for at most `limitMs` milliseconds. The work itself continues. @throws {TooLate} */
export async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TooLate(`no answer within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
