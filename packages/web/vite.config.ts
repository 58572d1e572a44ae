import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The page is built into `dist`, which the API serves; `npm run dev -w packages/web` serves it with the API behind it. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['@paikea/source', 'module', 'browser', 'development|production'] },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022' },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080' } },
})
