import { defineSignal } from '@temporalio/workflow'

import { signalNames } from '../contract/names.ts'

/** Look again: it may be your turn, or the row was changed. */
export const yourTurnSignal = defineSignal(signalNames.yourTurn)

/** An operator fixed what a delivery was parked for. */
export const resumeSignal = defineSignal(signalNames.resume)

/** An operator wants the delivery cancelled. */
export const cancelSignal = defineSignal(signalNames.cancel)

/** A firmware row changed: look again. */
export const lookSignal = defineSignal(signalNames.look)
