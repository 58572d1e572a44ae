/** What a member may do in a group, weakest first; each role includes those before it. */
export const ROLES = ['viewer', 'technician', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]
