import type { Octokit } from '@octokit/core'
import type { Log } from '../../core/contracts/plugins.ts'
import type { Settled } from './options.ts'
import type { Send } from './wire.ts'

type Parts = {
  readonly settled: Settled
  readonly log: Log
  readonly fetch: Send
  /** How it authenticates itself, if it does. */
  readonly more?: ConstructorParameters<typeof Octokit>[0]
}

/** The library, loaded when it is first needed: a bot that starts does not wait for it. It warns into our log instead of the console. */
export const openOctokit = async ({ settled, log, fetch, more = {} }: Parts): Promise<Octokit> => {
  const { Octokit } = await import('@octokit/core')
  const quiet = (): void => {}
  const told = (says: string): void => log.warn('github.library', { says })
  const logger = { debug: quiet, info: quiet, warn: told, error: told }
  // The body comes read already; the library reads JSON itself so that no number is too long, in eight times the time.
  return new Octokit({
    ...more,
    baseUrl: settled.apiUrl,
    userAgent: 'ao',
    log: logger,
    request: { fetch, log: logger, parseSuccessResponseBody: false },
  })
}
