import type { IncomingMessage } from 'node:http'
import { refuse } from './refusal.ts'
import type { Viewer, World } from './state.ts'

/** What was shown as `Authorization`: a token, or an app's JWT; null when nothing was. */
export const credential = ({ headers: { authorization } }: Pick<IncomingMessage, 'headers'>): string | null => {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)\s*$/.exec(authorization ?? '') ?? []
  if (/^(?:bearer|token)$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return null
  const [, password = ''] = Buffer.from(value, 'base64').toString().split(/:(.*)/s)
  return password
}

/** Whose token it is. @throws Refusal 401 when it is unknown, expired or revoked, 403 when the installation is suspended. */
export const viewerOf = (world: World, value: string | null): Viewer => {
  if (value === null) return refuse(401, 'Requires authentication')
  const token = world.tokens.get(value)
  if (!token || token.isRevoked || (token.expiresAt !== null && token.expiresAt <= world.now())) return refuse(401, 'Bad credentials')
  if (token.installation && (world.installations.get(token.installation.id)?.isSuspended ?? true))
    refuse(403, 'This installation has been suspended')
  return { account: token.account, token }
}
