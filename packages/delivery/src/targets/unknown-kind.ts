import type { TargetWords } from './target.ts'

/** Stands in for a kind written by a newer version. */
export const UNKNOWN_KIND_WORDS: TargetWords = {
  receiver: 'The target',
  park: (reason) => ({
    what: `This version cannot send to this kind of target (${reason}).`,
    whatToDo: 'Run the newer version of the worker, then resume; otherwise cancel.',
  }),
}
