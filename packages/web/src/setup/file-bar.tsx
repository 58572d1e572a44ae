import type { UpgradeView } from '@paikea/api/contract'
import { usePreferences } from '../shell/preferences.tsx'

/** How many of its files a device has fetched. */
export function FileBar({ filesDone, filesTotal }: UpgradeView['progress']) {
  const { t } = usePreferences()
  return (
    <>
      <progress aria-label={t('Files')} value={filesDone} max={Math.max(1, filesTotal)} />{' '}
      {t('{done} of {total}', { done: filesDone, total: filesTotal })}
    </>
  )
}
