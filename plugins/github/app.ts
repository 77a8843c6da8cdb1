import type { Octokit } from '@octokit/core'
import pLimit from 'p-limit'
import { isFault } from '../../core/kit/fault.ts'
import type { Ask } from './api.ts'
import { type Answered, openCaller } from './caller.ts'
import { type Bearer, readKey } from './credential.ts'
import { unless } from './exchange.ts'
import { fault } from './faults.ts'
import { openOctokit } from './octokit.ts'
import type { GithubOptions, Settled } from './options.ts'
import type { Pace } from './pace.ts'
import type { Surroundings, Wire } from './wire.ts'

/** A GitHub App as itself: it finds its installations and has tokens made for them. */
export type App = {
  /** The number of its installation for that repository. @throws {Fault} APP_NOT_INSTALLED, KEY_UNREADABLE, TOKEN_REFUSED */
  installationOf(repository: { readonly owner: string; readonly name: string }, ask: Ask): Promise<number>
  /** Acts as an installation; `what` is what people know it by. `onGone` is told when it is no longer there. */
  bearer(installation: number, what: string, onGone: () => void): Bearer
  /** Asks as the App, with a signature instead of a token: `GET /app`, `GET /app/installations/{installation_id}`. */
  request(route: string, given: Readonly<Record<string, unknown>>, ask: Ask): Promise<Answered>
}

type Parts = {
  readonly settled: Settled
  readonly wire: Wire
  readonly pace: Pace
  readonly surroundings: Surroundings
}
type Token = { readonly token: string; readonly madeAt: number; readonly until: number }

/** It takes some seconds until all of GitHub's servers know a new token. */
const newMs = 10_000
const hourMs = 3_600_000
/** A clock that is off must not make every token look old. */
const leastLifeMs = 300_000
const mostTries = 3

// The library remembers what it is asking for by the number of the installation alone, whatever the forge: of two forges with
// the same number one would be given the other's token. So one at a time.
const exchanges = pLimit(1)

export const openApp = ({ id, key }: NonNullable<GithubOptions['app']>, { settled, wire, pace, surroundings }: Parts): App => {
  const { now, sleep, log, signal: stopped } = surroundings
  let made: Promise<Octokit> | null = null
  const octokit = (): Promise<Octokit> => {
    made ??= make().catch((error) => {
      made = null // the key may be put right while the bot runs
      throw error
    })
    return made
  }
  const make = async (): Promise<Octokit> => {
    const [privateKey, { createAppAuth }] = await Promise.all([readKey(key), import('@octokit/auth-app')])
    return openOctokit({
      settled,
      log,
      fetch: wire.sending(pace, {}),
      more: { authStrategy: createAppAuth, auth: { appId: id, privateKey } },
    })
  }
  const caller = openCaller({ octokit, settled, wire, pace, stopped, credential: 'app', secrets: [] })
  const request: App['request'] = async (route, given, ask) => {
    try {
      return await caller.raw(route, given, ask)
    } catch (error) {
      throw caller.troubleOf(error, ask)
    }
  }

  const notInstalled = async (repository: string, says: string, ask: Ask) => {
    const { data } = await request('GET /app', {}, ask) // an App that is not known at all is told so here
    const page = typeof data === 'object' && data !== null && 'html_url' in data ? `${data.html_url}/installations/new` : settled.gitUrl
    return fault('APP_NOT_INSTALLED', { repository, page, says })
  }

  const exchange = async (installation: number, what: string): Promise<Token> => {
    const { auth } = await octokit()
    try {
      // Strategies differ in what they answer, so the core types it as unknown. https://github.com/octokit/auth-app.js#authentication-object
      const { token, expiresAt } = (await exchanges(() => auth({ type: 'installation', installationId: installation, refresh: true }))) as {
        readonly token: string
        readonly expiresAt: string
      }
      const madeAt = now()
      return { token, madeAt, until: Math.min(Math.max(Date.parse(expiresAt), madeAt + leastLifeMs), madeAt + hourMs) }
    } catch (error) {
      const found = caller.troubleOf(error, {})
      if (isFault(found, 'REPOSITORY_UNKNOWN') || isFault(found, 'FORBIDDEN')) throw await notInstalled(what, String(found.facts.says), {})
      throw found
    }
  }

  return {
    request,
    installationOf: async ({ owner, name }, ask) => {
      try {
        const { data } = await request('GET /repos/{owner}/{repo}/installation', { owner, repo: name }, ask)
        return Number((data as { readonly id: unknown }).id) // GitHub's own description says so
      } catch (error) {
        if (!isFault(error, 'REPOSITORY_UNKNOWN')) throw error
        throw await notInstalled(`${owner}/${name}`, 'it is not installed there, or there is no such repository', ask)
      }
    },
    bearer: (installation, what, onGone) => {
      let current: Token | null = null
      let coming: Promise<string> | null = null
      const renew = (): Promise<string> => {
        coming ??= exchange(installation, what)
          .then(
            (next) => {
              current = next
              return next.token
            },
            (error) => {
              if (isFault(error, 'APP_NOT_INSTALLED')) onGone()
              throw error
            },
          )
          .finally(() => {
            coming = null
          })
        return coming
      }
      return {
        credential: 'app',
        token: async ({ signal }, forMs = 60_000) =>
          current !== null && current.until - now() > forMs ? current.token : unless([signal, stopped], renew()),
        isWorthAnother: async (used, tries, { signal }) => {
          if (tries > mostTries) return false
          if (current === null || current.token !== used) return true // somebody else has a new one already
          const isNew = now() - current.madeAt < newMs
          if (isNew) await sleep(1000 * tries, signal ?? stopped)
          else current = null
          return isNew || tries === 1
        },
      }
    },
  }
}
