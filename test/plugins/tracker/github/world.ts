import type { Tracker } from '../../../../core/contracts/plugins.ts'
import { github } from '../../../../plugins/tracker/github/index.ts'
import type { Options } from '../../../../plugins/tracker/github/options.ts'
import type { LoggedRequest } from '../../../fakes/github/faults.ts'
import { type FakeGithub, type FakeRepository, startFakeGithub } from '../../../fakes/github/index.ts'
import type { Person } from '../../../fakes/github/people.ts'
import type { Comment, Issue, Permission, Token } from '../../../fakes/github/state.ts'
import { type FakeHost, makeHost } from '../../../fakes/host.ts'

/** `ana/shop` on the stand-in for GitHub, with the bot's account `ao` in it. */
export type GithubWorld = {
  readonly forge: FakeGithub
  readonly shop: FakeRepository
  readonly ana: Person
  readonly ben: Person
  readonly host: FakeHost
  readonly tracker: Tracker
  readonly options: Options
  /** A tracker that remembers nothing of the others. */
  open(settings?: object, token?: Token): Promise<Tracker>
  issue(number: number): Issue
  comments(number: number): readonly Pick<Comment, 'body'>[]
  /** REST requests from now on. */
  asked(): () => readonly LoggedRequest[]
  /** Moves the clock of both sides. */
  passes(ms: number): void
  close(): Promise<void>
}

export const makeGithubWorld = async ({
  settings = {},
  may = 'write',
}: {
  readonly settings?: object
  /** What the bot's account may do. */
  readonly may?: Permission
} = {}): Promise<GithubWorld> => {
  let passedMs = 0
  const now = () => Date.now() + passedMs
  const forge = await startFakeGithub({ now })
  const shop = await forge.repository('ana/shop', { permissions: { ao: may, ben: 'write' } })
  const hosts: FakeHost[] = []
  const openWith = async (host: FakeHost, parts: object, token: Token = forge.token('ao')): Promise<Tracker> => {
    const project = { name: 'shop', path: '/nowhere', base: 'main' }
    return github.create(readOptions(parts, token), host, { host: 'here', project })
  }
  const readOptions = (parts: object, token: Token): Options =>
    github.options.parse({
      repository: 'ana/shop',
      token: token.value,
      apiUrl: forge.url,
      gitUrl: forge.gitUrl,
      writePause: '0s',
      ...parts,
    })
  const newHost = async (): Promise<FakeHost> => {
    const host = await makeHost({ now })
    hosts.push(host)
    return host
  }
  const host = await newHost()
  const issue = (number: number): Issue => {
    const found = shop.items.get(number)
    if (found?.kind !== 'Issue') throw new Error(`There is no issue ${number}.`)
    return found
  }
  return {
    forge,
    shop,
    ana: forge.person('ana'),
    ben: forge.person('ben'),
    host,
    options: readOptions(settings, forge.token('ao')),
    tracker: await openWith(host, settings),
    open: async (parts = settings, token) => openWith(await newHost(), parts, token),
    issue,
    comments: (number) => issue(number).comments,
    asked: () => {
      const from = forge.requests.length
      return () => forge.requests.slice(from).filter(({ kind }) => kind === 'rest')
    },
    passes: (ms) => {
      passedMs += ms
    },
    close: async () => {
      for (const each of hosts) await each.close()
      await forge.close()
    },
  }
}
