import { plain } from '../../../core/kit/text.ts'
import type { AskOne } from './ask.ts'
import { checkFields, type RawCheck, readChecks, type SeenCheck } from './checks.ts'
import {
  type Author,
  authorOf,
  countFields,
  isOutsider,
  type RawActor,
  type RawStatus,
  readStatus,
  type Status,
  statusFields,
} from './status.ts'
import { isMarked } from './words.ts'

/** Somebody's words to the whole change. */
export type Said = {
  /** Node id. */
  readonly id: string
  readonly author: Author
  /** Written by the bot itself. With a person's token its owner may write there, too: that is theirs. */
  readonly isOurs: boolean
  /** By somebody who has no rights in the repository. */
  readonly isOutsider: boolean
  /** Epoch ms. */
  readonly at: number
  /** Without control characters; null while nobody has asked for it. */
  readonly text: string | null
}

/** The newest opinion of a reviewer. */
export type Opinion = Said & {
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED'
  readonly commit: string | null
  /** Does it count, or is it only said? */
  readonly mayWrite: boolean
}

/** What a picture needs besides the status, all from one answer with it. */
export type Particulars = {
  readonly status: Status
  /** The first hundred, until `withAllChecks` has seen to the rest. */
  readonly checks: readonly SeenCheck[]
  readonly rest: { readonly raw: readonly (RawCheck | null)[]; readonly after: string } | null
  readonly opinions: readonly Opinion[]
  /** Reviews that only say something. */
  readonly remarks: readonly Said[]
  /** Comments below the change. */
  readonly comments: readonly Said[]
  /** When the head was committed, epoch ms; 0 where nobody knows. */
  readonly headAt: number
}

/** Four connections a change. */
export const particularsFragment = `fragment Change on PullRequest {${statusFields}
  headRef { target { oid ... on Commit { committedDate } } }
  latestOpinionatedReviews(first: 100) { nodes {
    id state submittedAt body viewerDidAuthor authorCanPushToRepository author { __typename login } commit { oid }
  } }
  reviews(last: 30, states: [COMMENTED]) { nodes { id submittedAt body isMinimized viewerDidAuthor authorAssociation author { __typename login } } }
  comments(last: 100) { nodes { id createdAt body isMinimized viewerDidAuthor authorAssociation author { __typename login } } }
}`

/** With the checks it is five. */
export const particularsSlot = (id: string, name: string) => ({
  declares: `$i${name}: ID!`,
  asks: `${name}: node(id: $i${name}) { ...Change ... on PullRequest {
    statusCheckRollup { state commit { oid ... on Commit { committedDate } } contexts(first: 100) { ${countFields} pageInfo { hasNextPage endCursor } nodes {${checkFields(`$i${name}`)}
    } } } } }`,
  variables: { [`i${name}`]: id },
})

type RawSaid = {
  readonly id: string
  readonly author: RawActor
  readonly viewerDidAuthor: boolean
  readonly authorAssociation?: string
  readonly isMinimized?: boolean
  readonly createdAt?: string
  readonly submittedAt?: string | null
  readonly body?: string
}
type RawOpinion = RawSaid & {
  readonly state: Opinion['state']
  readonly authorCanPushToRepository: boolean
  readonly commit: { readonly oid: string } | null
}
type RawPage = {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly nodes: readonly (RawCheck | null)[] | null
}
type RawRest = { readonly headRefOid: string; readonly statusCheckRollup: { readonly contexts: RawPage } | null }
type RawCommit = { readonly oid: string; readonly committedDate?: string } | null
type List<T> = { readonly nodes: readonly (T | null)[] | null } | null
type Raw = Omit<RawStatus, 'statusCheckRollup'> & {
  readonly headRef: { readonly target: RawCommit } | null
  readonly latestOpinionatedReviews: List<RawOpinion>
  readonly reviews: List<RawSaid>
  readonly comments: List<RawSaid>
  readonly statusCheckRollup:
    | (NonNullable<RawStatus['statusCheckRollup']> & {
        readonly commit: RawCommit
        readonly contexts: RawPage
      })
    | null
}

export const particularsIn = (raw: Raw): Particulars => {
  const contexts = raw.statusCheckRollup?.contexts
  const head = [raw.headRef?.target, raw.statusCheckRollup?.commit].find((commit) => commit?.oid === raw.headRefOid)
  const checks = contexts?.nodes ?? []
  const after = contexts?.pageInfo.hasNextPage ? contexts.pageInfo.endCursor : null
  return {
    status: readStatus(raw),
    checks: readChecks(checks),
    rest: after === null ? null : { raw: checks, after },
    opinions: listed(raw.latestOpinionatedReviews).map((one) => ({
      ...said(one),
      state: one.state,
      commit: one.commit?.oid ?? null,
      isOutsider: !one.authorCanPushToRepository,
      mayWrite: one.authorCanPushToRepository,
    })),
    remarks: listed(raw.reviews)
      .filter(({ isMinimized }) => !isMinimized)
      .map(said)
      .filter(({ text }) => text !== ''),
    comments: listed(raw.comments)
      .filter(({ isMinimized }) => !isMinimized)
      .map(said),
    headAt: Date.parse(head?.committedDate ?? '') || 0,
  }
}

/** So many pages of a hundred checks are leafed through, at most. */
const mostPages = 20

/** The same with all checks of the head commit. */
export const withAllChecks = async (particulars: Particulars, ask: AskOne, signal: AbortSignal): Promise<Particulars> => {
  const { status, rest } = particulars
  if (rest === null) return particulars
  const all = [...rest.raw]
  let after: string | null = rest.after
  for (let page = 1; after !== null && page < mostPages; page += 1) {
    const found: RawRest = await ask(restQuery, { change: status.id, after }, signal)
    const contexts = found.statusCheckRollup?.contexts
    if (found.headRefOid !== status.head || !contexts) break // they are those of another commit; the next look begins anew
    all.push(...(contexts.nodes ?? []))
    after = contexts.pageInfo.hasNextPage ? contexts.pageInfo.endCursor : null
  }
  return { ...particulars, checks: readChecks(all), rest: null }
}

const restQuery = `query ($change: ID!, $after: String!) {
  node(id: $change) { ... on PullRequest { headRefOid statusCheckRollup { contexts(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor } nodes {${checkFields('$change')} }
  } } } }
  rateLimit { cost remaining }
}`

const listed = <T>(list: List<T>): readonly T[] => (list?.nodes ?? []).flatMap((one) => one ?? [])

const said = ({ id, author, viewerDidAuthor, authorAssociation, createdAt, submittedAt, body }: RawSaid): Said => {
  const text = body === undefined ? null : plain(body).trim()
  const who = authorOf(author)
  return {
    id,
    author: who,
    isOurs: viewerDidAuthor && (who.isBot || isMarked(text)),
    isOutsider: isOutsider(who.isBot, authorAssociation),
    at: Date.parse(createdAt ?? submittedAt ?? '') || 0,
    text,
  }
}
