/** Real repositories and real servers for them, for tests. */
export { createGitRepository, VITAL, type Content, type GitRepository } from './git-repository.ts'
export { startGitHttpServer, type GitHttpServer } from './git-http-server.ts'
export { freePort, hasSshd, startSshServer, type SshServer } from './ssh-server.ts'
