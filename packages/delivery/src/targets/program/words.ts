import type { ParkAdvice, TargetWords } from '../target.ts'

const ADVICE: Readonly<Record<string, ParkAdvice>> = {
  gone: {
    what: 'It answered 410: nobody wants these deliveries there any more.',
    whatToDo: 'Correct its address or its receiver, then resume; else delete the endpoint.',
  },
  'http-401': refusesLogIn('It answered 401: it does not accept our signature or log-in.'),
  'http-403': refusesLogIn('It answered 403: we may not deliver there.'),
  'http-404': {
    what: 'It answered 404: nothing takes deliveries at this address.',
    whatToDo: 'Correct the address of the endpoint, or start its receiver. It is tried again by itself.',
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

function refusesLogIn(what: string): ParkAdvice {
  const whatToDo = 'Compare the secret at the receiver, or what guards its address. It is tried again by itself.'
  return { what, whatToDo }
}
