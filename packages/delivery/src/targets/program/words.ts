import type { ParkAdvice, TargetWords } from '../target.ts'

const ADVICE: Readonly<Record<string, ParkAdvice>> = {
  'receiver-gone': {
    what: 'It answered 410: it no longer wants these deliveries.',
    whatToDo: 'Correct its URL or its receiver, then resume; otherwise delete the endpoint.',
  },
  'http-401': refusesLogIn('It answered 401: it does not accept our signature or credentials.'),
  'http-403': refusesLogIn('It answered 403: we are not allowed to deliver there.'),
  'http-404': {
    what: 'It answered 404: nothing accepts deliveries at this URL.',
    whatToDo: 'Correct the URL of the endpoint, or start its receiver. It is retried automatically.',
  },
  'no-such-queue': {
    what: 'There is no such queue, or we may not see it.',
    whatToDo: 'Create the queue, or correct its name, region or account.',
  },
  'access-denied': {
    what: 'The queue refused our credentials.',
    whatToDo:
      'Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or the policy of the queue. Restart the worker if you change variables.',
  },
  'no-credentials': {
    what: 'There are no credentials for AWS.',
    whatToDo: 'Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION for the worker, and restart it.',
  },
}

/** Texts for people about programs' endpoints. @param receiver the subject of the sentences: `The queue` */
export function programWords(receiver: string): TargetWords {
  return {
    receiver,
    park: (reason) =>
      ADVICE[reason] ?? {
        what: `${receiver} does not accept deliveries (${reason}).`,
        whatToDo: 'It is retried automatically; after correcting the cause, resume it to continue at once.',
      },
  }
}

function refusesLogIn(what: string): ParkAdvice {
  const whatToDo = 'Compare the secret at the receiver, or check what guards its URL. It is retried automatically.'
  return { what, whatToDo }
}
