/** What a process does: everything, or one of the two sides. */
export type ProcessRole = 'all' | 'api' | 'worker'
