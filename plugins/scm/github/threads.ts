import type { Thread } from '../../../core/contracts/change.ts'
import { plain } from '../../../core/kit/text.ts'
import type { AskOne } from './ask.ts'
import { authorOf, isOutsider, type RawActor } from './status.ts'

/** Who began a review thread and when somebody spoke in it. */
export type ThreadHead = {
  readonly id: string
  readonly isResolved: boolean
  /** A bot began it. */
  readonly isBot: boolean
  /** Somebody without rights in the repository began it. */
  readonly isOutsider: boolean
  /** The opening and the newest comments; the bot itself writes none. What people say in a thread of a bot is about the bot's. */
  readonly said: readonly { readonly isBot: boolean /** Epoch ms, whole seconds. */; readonly at: number }[]
}

/** Two connections a thread. */
export const threadHeadQuery = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { ... on PullRequestReviewThread { id isResolved
    first: comments(first: 1) { nodes { ...C } }
    last: comments(last: 30) { nodes { ...C } }
  } }
  rateLimit { cost remaining }
}
fragment C on PullRequestReviewComment { id createdAt authorAssociation author { __typename login } }`

type RawHead = {
  readonly id: string
  readonly isResolved: boolean
  readonly first: { readonly nodes: readonly (RawWord | null)[] | null }
  readonly last: { readonly nodes: readonly (RawWord | null)[] | null }
}
type RawWord = { readonly id: string; readonly createdAt: string; readonly authorAssociation: string; readonly author: RawActor }

export const threadHeadIn = ({ id, isResolved, first, last }: RawHead): ThreadHead => {
  const [opening] = first.nodes ?? []
  const isBot = authorOf(opening?.author ?? null).isBot
  const news = (last.nodes ?? []).flatMap((one) => (one && one.id !== opening?.id ? [one] : []))
  const said = [...(opening ? [opening] : []), ...news].map(({ author, createdAt }) => ({
    isBot: isBot || authorOf(author).isBot,
    at: Date.parse(createdAt),
  }))
  return { id, isResolved, isBot, isOutsider: isOutsider(isBot, opening?.authorAssociation), said }
}

type RawPage = {
  readonly pageInfo: { readonly hasPreviousPage: boolean; readonly startCursor: string | null }
  readonly nodes: readonly ({ readonly id: string; readonly isResolved: boolean } | null)[]
}

/** So many pages of a hundred are leafed through, at most. */
const mostPages = 30

/** The unresolved threads that are older than those of a status, oldest first. Leafs back until it has `enough`. */
export const olderUnresolved = async (
  ask: AskOne,
  { change, before, enough }: { readonly change: string; readonly before: string | null; readonly enough: number },
  signal: AbortSignal,
): Promise<readonly string[]> => {
  let found: readonly string[] = []
  let cursor = before
  for (let page = 0; cursor !== null && found.length < enough && page < mostPages; page += 1) {
    const { reviewThreads } = await ask<{ readonly reviewThreads: RawPage }>(olderQuery, { change, before: cursor }, signal)
    found = [...reviewThreads.nodes.flatMap((one) => (one && !one.isResolved ? [one.id] : [])), ...found]
    cursor = reviewThreads.pageInfo.hasPreviousPage ? reviewThreads.pageInfo.startCursor : null
  }
  return found
}

const olderQuery = `query ($change: ID!, $before: String!) {
  node(id: $change) { ... on PullRequest {
    reviewThreads(last: 100, before: $before) { pageInfo { hasPreviousPage startCursor } nodes { id isResolved } }
  } }
  rateLimit { cost remaining }
}`

const commentFields = 'pageInfo { hasNextPage endCursor } nodes { id createdAt body authorAssociation author { __typename login } }'

/** Whole threads: one connection each, and one more for every further hundred comments. */
export const threadQuery = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { ... on PullRequestReviewThread { id isResolved path line originalLine comments(first: 100) { ${commentFields} } } }
  rateLimit { cost remaining }
}`

type RawComments = {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly nodes:
    | readonly ({
        readonly id: string
        readonly createdAt: string
        readonly body: string
        readonly authorAssociation: string
        readonly author: RawActor
      } | null)[]
    | null
}
export type RawThread = {
  readonly id: string
  readonly isResolved: boolean
  readonly path: string
  readonly line: number | null
  readonly originalLine: number | null
  readonly comments: RawComments
}

/** A thread with when it began and when something was last said in it. Epoch ms. */
export type DatedThread = { readonly thread: Thread; readonly beganAt: number; readonly saidAt: number }

/** Did somebody without rights in the repository begin it? */
export const isByOutsider = ({ comments }: RawThread): boolean => {
  const [opening] = comments.nodes ?? []
  return isOutsider(authorOf(opening?.author ?? null).isBot, opening?.authorAssociation)
}

/** The thread with all its replies. An outdated one has the line it was written on. */
export const wholeThread = async (ask: AskOne, raw: RawThread, signal: AbortSignal): Promise<DatedThread> => {
  const pages = [raw.comments]
  for (let last = raw.comments; last.pageInfo.hasNextPage && pages.length < mostPages; last = pages.at(-1) ?? last) {
    const variables = { thread: raw.id, after: last.pageInfo.endCursor }
    pages.push((await ask<{ readonly comments: RawComments }>(repliesQuery, variables, signal)).comments)
  }
  const comments = pages.flatMap(({ nodes }) => (nodes ?? []).flatMap((one) => one ?? []))
  return {
    thread: {
      id: raw.id,
      file: raw.path,
      line: raw.line ?? raw.originalLine,
      comments: comments.map(({ author, body }) => {
        const { login, isBot } = authorOf(author)
        return { author: login, isBot, text: plain(body).trim() }
      }),
    },
    beganAt: Date.parse(comments[0]?.createdAt ?? '') || 0,
    saidAt: Date.parse(comments.at(-1)?.createdAt ?? '') || 0,
  }
}

const repliesQuery = `query ($thread: ID!, $after: String) {
  node(id: $thread) { ... on PullRequestReviewThread { comments(first: 100, after: $after) { ${commentFields} } } }
  rateLimit { cost remaining }
}`

/** So many threads are told together, with so much text. */
export const mostThreads = 200
const mostBytes = 400 * 1024

/** Those in which something was said last, oldest first, and how many there are besides. One that is too long by itself loses its oldest comments. */
export const newestThreads = (all: readonly DatedThread[]): { readonly threads: readonly Thread[]; readonly left: number } => {
  const kept: DatedThread[] = []
  let bytes = 0
  for (const one of [...all].sort((a, b) => b.saidAt - a.saidAt).slice(0, mostThreads)) {
    const thread = newestComments(one.thread)
    bytes += thread.comments.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
    if (bytes > mostBytes && kept.length > 0) break
    kept.push({ ...one, thread })
  }
  return { threads: kept.sort((a, b) => a.beganAt - b.beganAt).map(({ thread }) => thread), left: all.length - kept.length }
}

const newestComments = (thread: Thread): Thread => {
  let bytes = 0
  const first = thread.comments.findLastIndex(({ text }) => {
    bytes += Buffer.byteLength(text)
    return bytes > mostBytes
  })
  return first < 0 ? thread : { ...thread, comments: thread.comments.slice(Math.min(first + 1, thread.comments.length - 1)) }
}
