import type { ParkAdvice, TargetWords } from '../target.ts'

const ADVICE: Readonly<Record<string, ParkAdvice>> = {
  gone: {
    what: 'It answered 410: nobody wants these deliveries there any more.',
    whatToDo: 'Correct its address or its receiver, then resume; else delete the endpoint.',
  },
  'no-such-queue': {
    what: 'There is no such queue, or it may not be seen.',
    whatToDo: 'Make the queue, or correct its name, region or account.',
  },
  'access-denied': {
    what: 'The queue refused our credentials.',
    whatToDo:
      'Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or the policy of the queue; the worker has to be started again for new variables.',
  },
  'no-credentials': {
    what: 'There are no credentials for AWS.',
    whatToDo: 'Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION for the worker, and start it again.',
  },
}

/** What programs' endpoints say to people. @param receiver who takes the deliveries: `The queue` */
export function programWords(receiver: string): TargetWords {
  return {
    receiver,
    park: (reason) =>
      ADVICE[reason] ?? {
        what: `${receiver} does not take deliveries (${reason}).`,
        whatToDo: 'It is tried again by itself; correct it, then resume it to go on at once.',
      },
  }
}
