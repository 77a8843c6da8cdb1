import type { Octokit } from '@octokit/core'
import type { Host } from '../../core/contracts/plugins.ts'
import { fingerprint } from '../../core/kit/text.ts'
import type { Api, Github } from './api.ts'
import { type App, openApp } from './app.ts'
import { openApi } from './client.ts'
import { type Bearer, credentialName, tokenBearer } from './credential.ts'
import { openOctokit } from './octokit.ts'
import { type GithubOptions, settle } from './options.ts'
import { openPace } from './pace.ts'
import { openWire, type Surroundings } from './wire.ts'

/** The forge of these options; whoever has the same `apiUrl` and credential gets the same one. Asks nothing and loads nothing yet. */
export const openGithub = (options: GithubOptions, host: Host): Github =>
  host.shared(`github ${options.apiUrl} ${credentialName(options)}`, () => makeGithub(options, host))

/** A forge that nobody shares, for `ao doctor`; `app` is null where a token is used. */
export const makeGithub = (options: GithubOptions, surroundings: Surroundings): Github & { readonly app: App | null } => {
  const settled = settle(options)
  const { now, log, signal: stopped } = surroundings
  const wire = openWire(settled, surroundings)
  const paced = () => openPace({ host: settled.host, now, log })
  let made: Promise<Octokit> | null = null
  const octokit = (): Promise<Octokit> => {
    made ??= openOctokit({ settled, log, fetch: wire.sending(paced(), {}) })
    return made
  }
  const open = (bearer: Bearer, name: string, secrets: readonly string[]): Api =>
    openApi({
      key: fingerprint(`${settled.apiUrl} ${credentialName(options)} ${name}`, 16),
      octokit,
      settled,
      wire,
      pace: paced(),
      bearer,
      stopped,
      secrets,
    })

  const { token, app: written } = options
  if (written === undefined) {
    const api = open(tokenBearer(token ?? ''), '', [token ?? '']) // the schema wants one of the two
    return { app: null, apiFor: async () => api }
  }

  const app = openApp(written, { settled, wire, pace: paced(), surroundings })
  const installations = new Map<string, number>()
  const apis = new Map<number, Api>()
  return {
    app,
    apiFor: async ({ owner, name }, signal) => {
      const repository = `${owner}/${name}`
      const where = repository.toLowerCase()
      const installation =
        written.installation ?? installations.get(where) ?? (await app.installationOf({ owner, name }, signal ? { signal } : {}))
      installations.set(where, installation)
      const known = apis.get(installation)
      if (known) return known
      // Installed anew it has another number.
      const forget = (): void => {
        apis.delete(installation)
        for (const [name, number] of installations) if (number === installation) installations.delete(name)
      }
      const made = open(app.bearer(installation, repository, forget), String(installation), [])
      apis.set(installation, made)
      return made
    },
  }
}
