import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { fingerprint } from '../../core/kit/text.ts'
import type { Ask } from './api.ts'
import { fault } from './faults.ts'
import type { GithubOptions } from './options.ts'

/** What requests are made with. */
export type Bearer = {
  readonly credential: 'token' | 'app'
  /** A token that is good for so long yet. @throws {Fault} KEY_UNREADABLE, APP_NOT_INSTALLED, and what a request throws */
  token(ask: Ask, forMs?: number): Promise<string>
  /** This one was refused, the so manyth time: is it worth another try? Waits, or gets a new one, if that helps. */
  isWorthAnother(used: string, tries: number, ask: Ask): Promise<boolean>
}

/** A token that stays the same for as long as the bot runs. */
export const tokenBearer = (token: string): Bearer => ({
  credential: 'token',
  token: async () => token,
  isWorthAnother: async () => false,
})

/** A short name of who acts, without anything of the secret in it. */
export const credentialName = ({ token, app }: Pick<GithubOptions, 'token' | 'app'>): string =>
  app ? `app ${app.id} ${app.key} ${app.installation ?? ''}` : `token ${fingerprint(token ?? '', 16)}`

/** The private key of an App, in the form that signs. @throws {Fault} KEY_UNREADABLE */
export const readKey = async (written: string): Promise<string> => {
  const path = keyPath(written)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fault(
      'KEY_UNREADABLE',
      { path, problem: error.code === 'ENOENT' ? 'there is no such file' : String(error.code) },
      { cause: error },
    )
  })
  const key = parseKey(text)
  if (key?.asymmetricKeyType !== 'rsa') throw fault('KEY_UNREADABLE', { path, problem: 'it holds no private RSA key in the PEM form' })
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Where the file is that the option names. */
export const keyPath = (written: string): string => (written.startsWith('~/') ? `${homedir()}${written.slice(1)}` : written)

const parseKey = (text: string) => {
  try {
    return createPrivateKey(text)
  } catch {
    return null // what it says of a key is for cryptographers; that it is none is all that matters
  }
}
