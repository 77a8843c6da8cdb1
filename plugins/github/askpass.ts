import { chmod, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../../core/contracts/plugins.ts'

/** The user of a token; GitHub looks at the token alone. It may be seen. */
export const gitUser = 'x-access-token'

/**
 * Git runs it to be told user and password, and says for what in words (LC_ALL=C). It answers for one server only: after a redirect,
 * or where the repository's settings lead elsewhere, git would ask for another. What it knows comes in the environment of that one git.
 */
const script = `#!/bin/sh
case "$1" in
  "Username for '$AO_GIT_SERVER'"* | "Username for '$AO_GIT_SERVER/"*) printf '%s\\n' ${gitUser} ;;
  "Password for '$AO_GIT_ADDRESS'"* | "Password for '$AO_GIT_ADDRESS/"*) printf '%s\\n' "$AO_GIT_PASSWORD" ;;
  *) exit 1 ;;
esac
`

/** The path of that program, in the plugin's own folder; written once. It holds no secret. */
export const askpass = (host: Host): Promise<string> =>
  host.shared('github askpass', () => {
    let made: Promise<string> | null = null
    return (): Promise<string> => {
      made ??= write(host).catch((error) => {
        made = null // the disk may have room again
        throw error
      })
      return made
    }
  })()

const write = async (host: Host): Promise<string> => {
  const path = join(await host.folder('github'), 'askpass.sh')
  const draft = `${path}.${process.pid}`
  await writeFile(draft, script, { mode: 0o700 })
  await chmod(draft, 0o700) // the mask of the process may have taken it away
  await rename(draft, path)
  return path
}

/** What the program is told. `url` is where git goes; its user is part of what git asks for. */
export const askpassEnvironment = (program: string, url: string, password: string): Readonly<Record<string, string>> => {
  const { protocol, host } = new URL(url)
  return {
    GIT_ASKPASS: program,
    GIT_ALLOW_PROTOCOL: 'http:https', // a setting could lead to a program that would see the rest
    AO_GIT_SERVER: `${protocol}//${host}`,
    AO_GIT_ADDRESS: `${protocol}//${gitUser}@${host}`,
    AO_GIT_PASSWORD: password,
  }
}
