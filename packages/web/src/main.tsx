import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { isRefused } from './api/fetch-or-throw.ts'
import { allowOwnScripts } from './offline/trusted-types.ts'
import { PreferencesProvider } from './shell/preferences.tsx'
import './style.css'
import './screens.css'

allowOwnScripts()
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no place for the app.')
const queries = new QueryClient({
  defaultOptions: {
    // Off-line, a read fails visibly; a change must not be queued and sent at some later time.
    queries: { staleTime: 2000, networkMode: 'always', retry: (count, error) => count < 2 && !isRefused(error) },
    mutations: { networkMode: 'always' },
  },
})
createRoot(root).render(
  <StrictMode>
    <PreferencesProvider>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </PreferencesProvider>
  </StrictMode>,
)
// Service workers exist only over HTTPS or on localhost; without one the page needs the network to open.
if (import.meta.env.PROD && 'serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js').catch(() => {})
