import { existsSync } from 'node:fs'
import { FirmwareError } from '../failure.ts'
import type { ChildCommand } from './child-session.ts'
import { childEnvironment } from './child-environment.ts'
import { explainGit } from './ssh.ts'

/** The command that reads a local repository, bare or with a work tree. @throws {FirmwareError} if there is none */
export function localCommand(path: string): ChildCommand {
  if (!existsSync(path)) {
    throw new FirmwareError('repository-not-found', 'park', `There is no folder ${path}.`, {
      whatToDo: 'Check PAIKEA_FIRMWARE_REPO; then resume.',
    })
  }
  return {
    program: 'git',
    // Whoever configured the path trusts its content, whoever owns the files.
    args: ['-c', 'safe.directory=*', 'upload-pack', path],
    env: childEnvironment(),
    explain: ({ code, stderr }) => explainGit(code, stderr),
    missing: () =>
      new FirmwareError('git-missing', 'park', 'The program git is not installed on this machine.', {
        whatToDo: 'Install git, which a repository on this machine needs, then resume.',
      }),
  }
}
