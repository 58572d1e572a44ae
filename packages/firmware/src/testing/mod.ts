/** Real repositories and real servers for them, and ports for any server, for tests. */
export { freePort } from './free-port.ts'
export { createGitRepository, VITAL, type Content, type GitRepository } from './git-repository.ts'
export { startGitHttpServer, type GitHttpServer } from './git-http-server.ts'
export { hasSshd, startSshServer, type SshServer } from './ssh-server.ts'
