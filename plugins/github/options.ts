import { z } from 'zod'
import { parseDuration } from '../../core/kit/time.ts'

const duration = (leastMs: number) =>
  z.string().refine((text) => (parseDuration(text) ?? -1) >= leastMs, { error: 'must be a duration with its unit, such as "20s" or "1m"' })

const app = z.strictObject({
  id: z.int().min(1).describe('The "App ID" on the page of the App.'),
  key: z
    .string()
    .regex(/^(?:\/|~\/)\S/, 'Write the whole path of the file, beginning with / or ~/.')
    .describe('The file with the private key of the App (.pem): its whole path, or from your home with `~/`.'),
  installation: z
    .int()
    .min(1)
    .optional()
    .describe('The installation to act as, the number at the end of its address. Default: found by the repository.'),
})

/** Plain http would show the token to the network; on this machine there is none. */
const address = (pattern: RegExp) =>
  z
    .url({ protocol: pattern, error: 'Write an address that begins with https://.' })
    .refine((url) => !url.startsWith('http:') || isLoopback(new URL(url).hostname), {
      error: 'Write https:// instead of http://: the token would be readable on its way.',
    })
    .transform((url) => url.replace(/\/+$/, ''))

/**
 * What the tracker and the scm have in common, to be spread into the strict object of each; with `superRefine(oneCredential)`.
 * Write the same in both: those that agree in `apiUrl` and credential share one client and its limits.
 */
export const githubFields = {
  repository: z
    .string()
    .regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, 'Write the repository as owner/name.')
    .optional()
    .describe("The repository on GitHub, as owner/name. Default: read from the project's git remotes, `origin` first."),
  token: z.string().trim().regex(/^\S+$/, 'A token has no spaces.').optional().meta({
    description: `A token, as \`\${GITHUB_TOKEN}\` of a variable, so that it is kept from agents and logs. Either this or \`app\`.`,
    isSecret: true,
  }),
  app: app.optional().describe('A GitHub App to act as, instead of a token. Its tokens last an hour and are renewed.'),
  apiUrl: address(/^https?$/)
    .default('https://api.github.com')
    .describe('Where the API is. For GitHub Enterprise Server: https://<host>/api/v3.'),
  gitUrl: address(/^(?:https?|ssh)$/)
    .optional()
    .describe('Where repositories are fetched from and pushed to. Default: the host that belongs to `apiUrl`.'),
  protocol: z
    .enum(['https', 'ssh'])
    .default('https')
    .describe('How git speaks to GitHub: with the token over https, or over ssh with the keys of the user who runs the bot.'),
  timeout: duration(1).default('20s').describe('A request that has not been answered for so long is given up.'),
  writePause: duration(0)
    .default('1s')
    .describe('So long is waited between two requests that change something. GitHub asks for at least a second.'),
} as const

const shape = z.strictObject(githubFields)

/** The common options, as a config that was read has them. */
export type GithubOptions = z.infer<typeof shape>

/** Exactly one of `token` and `app` must be there. */
export const oneCredential = ({ token, app }: Pick<GithubOptions, 'token' | 'app'>, context: z.RefinementCtx): void => {
  if (token === undefined && app === undefined)
    context.addIssue({
      code: 'custom',
      path: ['token'],
      message: `This is missing; write \${GITHUB_TOKEN} and put a token into that variable, for example in .env, or write "app".`,
    })
  if (token !== undefined && app !== undefined)
    context.addIssue({ code: 'custom', path: ['app'], message: 'There is a token already; write either "token" or "app".' })
}

/** The common options with every blank filled in. Nothing in it has a slash at its end. */
export type Settled = {
  readonly apiUrl: string
  readonly graphqlUrl: string
  readonly gitUrl: string
  /** The host as people know it: `github.com`. */
  readonly host: string
  readonly protocol: 'https' | 'ssh'
  readonly timeoutMs: number
  readonly writePauseMs: number
}

/** Fills in what follows from other options. */
export const settle = ({ apiUrl, gitUrl, protocol, timeout, writePause }: GithubOptions): Settled => {
  const git = gitUrl ?? gitUrlOf(apiUrl)
  return {
    apiUrl,
    graphqlUrl: /\/api\/v3$/.test(apiUrl) ? apiUrl.replace(/\/v3$/, '/graphql') : `${apiUrl}/graphql`,
    gitUrl: git,
    host: new URL(git).host,
    protocol: git.startsWith('ssh:') ? 'ssh' : protocol,
    timeoutMs: parseDuration(timeout) ?? 0, // the schema refused what is none
    writePauseMs: parseDuration(writePause) ?? 0,
  }
}

/** `api.github.com` and `api.<name>.ghe.com` have their repositories one level up; a server of one's own has all on one host. */
const gitUrlOf = (apiUrl: string): string => {
  const { protocol, host } = new URL(apiUrl)
  return `${protocol}//${/^api\.(?:github\.com|[\w-]+\.ghe\.com)$/.test(host) ? host.slice('api.'.length) : host}`
}

const isLoopback = (hostname: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
