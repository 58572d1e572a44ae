import type { TargetWords } from './target.ts'

/** For a delivery of a kind that a newer version wrote. */
export const UNKNOWN_KIND_WORDS: TargetWords = {
  receiver: 'The target',
  park: (reason) => ({
    what: `This version cannot send to this kind of target (${reason}).`,
    whatToDo: 'Run the newer version of the worker, then resume; otherwise cancel.',
  }),
}
