/** Packet types of commands to buoys, as a list for SQL. */
export const COMMAND_TYPES = `'PK005','PK006','PK007'`
