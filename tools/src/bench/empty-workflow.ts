/** The baseline for everything that starts a workflow: one that does nothing. */
export async function emptyWorkflow(): Promise<void> {}
