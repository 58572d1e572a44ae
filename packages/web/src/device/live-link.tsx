import { useEffect, useRef, useState } from 'react'
import { useSession } from '../session/use-session.tsx'
import { usePreferences } from '../shell/preferences.tsx'
import { LINK_COMMANDS } from './link-commands.ts'
import { type LinkState, NO_LINK, readLinkMessage } from './link-state.ts'

/** The live link of a device in harbour: status tiles, allowed commands, log, and who has the controls. */
export function LiveLink({ iam }: { readonly iam: string }) {
  const { t, moment } = usePreferences()
  const { may } = useSession()
  const [isWanted, setIsWanted] = useState(false)
  const [link, setLink] = useState<LinkState>(NO_LINK)
  const socket = useRef<WebSocket | null>(null)
  useEffect(() => {
    if (!isWanted) return
    const { protocol, host } = window.location
    const address = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/v1/devices/${encodeURIComponent(iam)}/live`
    const opened = new WebSocket(address)
    socket.current = opened
    setLink(NO_LINK)
    opened.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      setLink((before) => readLinkMessage(before, data))
    })
    opened.addEventListener('close', () => setIsWanted(false))
    return () => opened.close()
  }, [iam, isWanted])
  const say = (message: object): void => {
    if (socket.current?.readyState === WebSocket.OPEN) socket.current.send(JSON.stringify(message))
  }
  return (
    <section aria-labelledby="link-title">
      <h2 id="link-title">{t('Live link')}</h2>
      <p className="buttons">
        <button type="button" onClick={() => setIsWanted(!isWanted)}>
          {isWanted ? t('Disconnect') : t('Connect')}
        </button>
        {isWanted && may('technician') && (
          <>
            <button
              type="button"
              className="quiet"
              onClick={() => say({ type: 'take-controls', force: may('operator') })}
            >
              {t('Take the controls')}
            </button>
            <button type="button" className="quiet" onClick={() => say({ type: 'release-controls' })}>
              {t('Release the controls')}
            </button>
          </>
        )}
      </p>
      {isWanted && (
        <>
          <p role="status">
            {link.device === null ? t('connecting…') : `${t('Device')}: ${t(link.device)}`}
            {link.controller === null ? '' : `, ${t('controls')}: ${link.isMine ? t('you') : link.controller}`}
          </p>
          {link.refusal !== null && (
            <p className="notice notice-error" role="alert">
              {link.refusal}
            </p>
          )}
          {may('technician') && (
            <p className="buttons">
              {LINK_COMMANDS.map(([words, verb, name, ...values]) => (
                <button
                  key={`${verb} ${name}`}
                  type="button"
                  className="quiet"
                  disabled={link.device !== 'online'}
                  onClick={() => say({ type: 'command', command: [verb, name, values] })}
                >
                  {t(words)}{' '}
                  <small className="code">
                    {verb} {name} {values.join(' ')}
                  </small>
                </button>
              ))}
            </p>
          )}
          <dl className="tiles">
            {Object.entries(link.status).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <ol className="log" tabIndex={0} aria-label="Log">
            {link.log.map(({ id, at, text }) => (
              <li key={id}>
                <time dateTime={at}>{moment(at)}</time> {text}
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  )
}
