import type { Fault } from '../../core/kit/fault.ts'
import { fault, type PushCause } from './faults.ts'
import { wordsOf } from './read.ts'

/** Where git was, and what must not be repeated of what it says. */
type Place = {
  readonly url: string
  readonly host: string
  /** `owner/name`. */
  readonly repository: string
  readonly credential: 'token' | 'app'
  readonly secrets: readonly string[]
}

/** What git and GitHub say when a push fails, as a fault. */
export const pushFault = (said: string, branch: string, place: Place): Fault => {
  const refused = pushCauses.find(([, pattern]) => pattern.test(said))
  if (!refused) {
    const other = transportFault(said, place)
    if (other) return other
  }
  return fault('PUSH_REFUSED', { branch, url: place.url, reason: reasonIn(said, place), cause: refused?.[0] ?? 'other' })
}

/** The same for a fetch. */
export const fetchFault = (said: string, place: Place): Fault => {
  const ref = /couldn't find remote ref (\S+)/.exec(said)?.[1]
  if (ref !== undefined) return fault('REF_UNKNOWN', { ref, url: place.url })
  return transportFault(said, place) ?? fault('FETCH_FAILED', { url: place.url, reason: reasonIn(said, place) })
}

// The first that fits. https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository
const pushCauses: readonly (readonly [PushCause, RegExp])[] = [
  ['archived', /archived so it is read-only/i],
  ['moved', /\[rejected\].*\((?:fetch first|non-fast-forward|stale info)\)/],
  // A secret in a commit, a file that is too large: no setting for branches helps there.
  ['other', /push protection|cannot contain secrets|GH001|GH008/i],
  [
    'forbidden',
    /refusing to allow .* workflow|permission to \S+ denied|write access to repository not granted|marked as read only|SAML SSO/i,
  ],
  ['protected', /GH006|GH013|protected branch|repository rule violations/i],
  ['forbidden', /returned error: 403/],
]

const transportFault = (said: string, place: Place): Fault | null => {
  const reason = reasonIn(said, place)
  const { url, host, repository, credential } = place
  if (/repository .*not found|returned error: 404/i.test(said))
    return fault('REPOSITORY_UNKNOWN', { path: repository, status: 404, says: reason })
  if (/authentication failed|could not read (?:username|password)|invalid username or (?:token|password)|returned error: 401/i.test(said))
    return fault('TOKEN_REFUSED', { host, credential, says: reason })
  if (/returned error: 403/.test(said))
    return fault('FORBIDDEN', {
      path: repository,
      status: 403,
      says: reason,
      needs: 'the permission to read the contents of this repository',
    })
  return unreachable.test(said) ? fault('GIT_UNREACHABLE', { url, problem: reason }) : null
}

const unreachable =
  /could not resolve host|failed to connect|couldn't connect|connection (?:timed out|refused|reset)|operation (?:timed out|too slow)|returned error: 5\d\d|RPC failed|early EOF|hung up|disconnect|empty reply|SSL|TLS|permission denied \(|host key verification failed|no route to host|network is unreachable|block timeout/i

/** What somebody can act on: GitHub's own lines where there are some, else git's first complaint. */
const reasonIn = (said: string, { secrets }: Pick<Place, 'secrets'>): string => {
  const lines = said.split('\n').map((line) => line.trim())
  const theirs = lines.flatMap((line) => {
    const text =
      /^(?:remote|ERROR): (.*)$/
        .exec(line)?.[1]
        ?.replace(/^error: /, '')
        .trim() ?? ''
    return text === '' || /^(?:resolving deltas|create a pull request|https?:\/\/\S+\/pull\/new\/|[\W_]+$)/i.test(text) ? [] : [text]
  })
  const rejection = /\[(?:remote )?rejected\].*\(([^)]+)\)/.exec(said)?.[1]
  const complaint = lines.find((line) => /^(?:fatal|error): /.test(line) && !/failed to push some refs/.test(line))
  const text = theirs.length > 0 ? theirs.join(' ') : (rejection ?? complaint?.replace(/^(?:fatal|error): /, '') ?? lines[0] ?? '')
  return wordsOf(text.replaceAll('x-access-token@', ''), secrets)
}
