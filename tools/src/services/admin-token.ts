import { post } from './post.ts'

/** Creates a bearer token of an administrator over all groups. @throws Error if the login is refused */
export async function createAdminToken(
  baseUrl: string,
  admin: { readonly email: string; readonly password: string },
): Promise<string> {
  const logIn = await post(`${baseUrl}/v1/session`, admin, {})
  const cookie = logIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const { csrfToken } = (await logIn.json()) as { csrfToken?: string } // the contract's shape
  const headers = { cookie, ...(csrfToken === undefined ? {} : { 'x-csrf-token': csrfToken }) }
  const made = await post(`${baseUrl}/v1/tokens`, { name: 'tools', role: 'admin', isSystemAdmin: true }, headers)
  return ((await made.json()) as { token: string }).token // the contract's shape
}
