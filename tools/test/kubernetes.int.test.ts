import { fileURLToPath } from 'node:url'

import { findPythonPackages, kubernetesValidate } from '../src/binaries/python-packages.ts'
import { runCommand } from '../src/binaries/run-command.ts'

const manifests = fileURLToPath(new URL('../../deploy/kubernetes/paikea.yaml', import.meta.url))

test('the Kubernetes manifests satisfy Kubernetes’ own schemas', async () => {
  const found = await findPythonPackages(kubernetesValidate)
  if ('problem' in found) throw new Error(found.problem)
  const env = { ...process.env, PYTHONPATH: found.folder }
  const words = ['-m', 'kubernetes_validate', '--strict', manifests]
  const { code, stdout, stderr } = await runCommand(found.python, words, { timeoutMs: 120_000, env })
  expect(stdout + stderr).not.toMatch(/ERROR/)
  expect((stdout + stderr).match(/passed for resource/g)).toHaveLength(6)
  expect(code).toBe(0)
}, 240_000)
