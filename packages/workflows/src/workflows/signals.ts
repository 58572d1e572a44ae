import { defineSignal } from '@temporalio/workflow'

import { signalNames } from '../contract/names.ts'

/** Look again: it may be your turn, or the row was changed. */
export const yourTurnSignal = defineSignal(signalNames.yourTurn)

/** An operator put right what a delivery was parked for. */
export const resumeSignal = defineSignal(signalNames.resume)

/** An operator wants the delivery ended. */
export const cancelSignal = defineSignal(signalNames.cancel)

/** A row about firmware changed: look again. */
export const lookSignal = defineSignal(signalNames.look)
