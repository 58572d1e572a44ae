import { FirmwareError } from '../failure.ts'
import type { AdvertisedRef } from './advertisement.ts'

/** What a name refers to, as far as the ref list tells. */
export type ResolvedRef =
  /** The target of a branch or tag: request `oid`. */
  | { readonly kind: 'tip'; readonly oid: string; readonly commit: string; readonly refName: string }
  /** A full commit id that no ref points to. */
  | { readonly kind: 'commit'; readonly oid: string }
  /** An abbreviated commit id: only the history can resolve it. */
  | { readonly kind: 'short'; readonly prefix: string }

const FULL_ID = /^[0-9a-f]{40}$/u
const SHORT_ID = /^[0-9a-f]{4,39}$/u
/** git-check-ref-format(1), and nothing that could trip a shell or a terminal. */
const REF_NAME = /^(?![-/.])(?!.*(\.\.|\/\/|@\{|\/\.|\.lock(\/|$)))[^ \p{Cc}~^:?*[\\]{1,250}(?<![./])$/u

/** Whether a text can be the name of a branch, a tag or a commit. */
export function isRefName(text: string): boolean {
  return REF_NAME.test(text)
}

/**
 * Resolves a name, trying in this order: a full ref name, a tag, a branch, a full or abbreviated commit id.
 *
 * @throws {FirmwareError} if nothing has that name, or a tag and a branch of that name point to different commits
 */
export function resolveRef(refs: readonly AdvertisedRef[], name: string): ResolvedRef {
  if (!isRefName(name)) {
    throw new FirmwareError('ref-invalid', 'refuse', 'This is not the name of a branch, a tag or a commit.', {
      whatToDo: 'Give a branch, a tag, or at least four digits of a commit id.',
    })
  }
  const full = refs.find((ref) => ref.name === name)
  if (full !== undefined && name.startsWith('refs/')) return toTip(full)
  const tag = refs.find((ref) => ref.name === `refs/tags/${name}`)
  const branch = refs.find((ref) => ref.name === `refs/heads/${name}`)
  if (tag !== undefined && branch !== undefined && commitOf(tag) !== commitOf(branch)) {
    throw new FirmwareError('ref-ambiguous', 'refuse', `A tag and a branch are both named ${name}.`, {
      whatToDo: `Say which: refs/tags/${name} or refs/heads/${name}.`,
    })
  }
  const found = tag ?? branch ?? full
  if (found !== undefined) return toTip(found)
  const id = name.toLowerCase()
  if (FULL_ID.test(id)) {
    const tip = refs.find((ref) => commitOf(ref) === id) ?? refs.find((ref) => ref.oid === id)
    return tip === undefined ? { kind: 'commit', oid: id } : { ...toTip(tip), commit: commitOf(tip) }
  }
  if (SHORT_ID.test(id)) return { kind: 'short', prefix: id }
  throw refNotFound(name)
}

/** The failure for an unknown name. */
export function refNotFound(name: string): FirmwareError {
  return new FirmwareError('ref-not-found', 'refuse', `The repository has no branch, tag or commit ${name}.`, {
    whatToDo: 'Check the spelling, push it, and request the release again.',
  })
}

function toTip(ref: AdvertisedRef): Extract<ResolvedRef, { kind: 'tip' }> {
  return { kind: 'tip', oid: ref.oid, commit: commitOf(ref), refName: ref.name }
}

function commitOf(ref: AdvertisedRef): string {
  return ref.peeled ?? ref.oid
}
