/** Tells the time; handed in where a test has to move it. */
export type Clock = () => Date
