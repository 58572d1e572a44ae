/** Tells the time; injected where tests have to control it. */
export type Clock = () => Date
