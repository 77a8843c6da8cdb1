import type { Host } from '../../../core/contracts/plugins.ts'
import { plain } from '../../../core/kit/text.ts'
import type { Api } from '../../github/api.ts'
import { type AskOne, byIds, byNames, openAsk, openAskOne } from './ask.ts'
import { type Loader, openLoader } from './batch.ts'
import { type Demands, demandsIn, demandsSlot } from './demands.ts'
import { type RawReport, type Report, reportIn, reportQuery } from './logs.ts'
import { type Meter, openMeter } from './meter.ts'
import { type Particulars, particularsFragment, particularsIn, particularsSlot } from './particulars.ts'
import { type RawStatus, readStatus, type Status, statusesAtOnce, statusQuery } from './status.ts'
import { type RawThread, type ThreadHead, threadHeadIn, threadHeadQuery, threadQuery } from './threads.ts'

/** A change as it is found by its head branch. */
export type Branch = {
  readonly id: string
  readonly number: number
  readonly isOpen: boolean
  readonly head: string
  /** The branch is one of another repository. */
  readonly isFromElsewhere: boolean
}

/** All questions of one credential: whatever is asked in one turn, by whichever project, goes into one request where it can. */
export type Questions = {
  readonly meter: Meter
  /** Not gathered: the further pages of a long list. */
  readonly one: AskOne
  /** By node id of the change. */
  readonly status: Loader<string, Status>
  readonly particulars: Loader<string, Particulars>
  /** The same, for those that come one by one: agents that want details. */
  readonly patiently: Loader<string, Particulars>
  /** The commit it is at now. */
  readonly head: Loader<string, string>
  /** The node id of a change. */
  readonly number: Loader<{ readonly repository: string; readonly number: number }, string>
  /** The newest ten with that head branch. */
  readonly branch: Loader<{ readonly repository: string; readonly branch: string }, readonly Branch[]>
  /** What a base branch demands of a change. */
  readonly demands: Loader<{ readonly repository: string; readonly base: string }, Demands>
  /** By node id of the thread. */
  readonly threadHead: Loader<string, ThreadHead>
  readonly thread: Loader<string, RawThread>
  /** The words of a comment or a review, by its node id. */
  readonly words: Loader<string, string>
  /** What a check's app wrote about it, by the check's node id. */
  readonly report: Loader<string, Report>
}

/** The questions of that credential: the same for all projects that have it. */
export const questionsOf = (host: Host, api: Api): Questions =>
  host.shared(`github-questions ${api.key}`, () => openQuestions(api, openMeter(api, host.now)))

/** Five connections each. */
const particularsAtOnce = 25

/** A point has a hundred requests for connections, and is rounded: `most` of each loader stays below the next one. */
const openQuestions = (api: Api, meter: Meter): Questions => {
  const ask = openAsk(api, meter)
  const { host } = api
  const id = (key: string): string => key
  const nodes = <R, V>(query: string, read: (raw: R) => V) => byIds<R, V>(ask, { host, query, read })
  const particulars = byNames(ask, { host, slot: particularsSlot, read: particularsIn, fragments: particularsFragment })
  return {
    meter,
    one: openAskOne(ask, host),
    status: openLoader({ name: id, most: statusesAtOnce, ask: nodes<RawStatus, Status>(statusQuery, readStatus) }),
    particulars: openLoader({ name: id, most: particularsAtOnce, ask: particulars }),
    patiently: openLoader({ name: id, most: particularsAtOnce, ask: particulars, isPatient: true }),
    head: openLoader({
      name: id,
      most: 100,
      isPatient: true,
      ask: nodes<{ headRefOid: string }, string>(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on PullRequest { headRefOid } } rateLimit { cost remaining } }',
        ({ headRefOid }) => headRefOid,
      ),
    }),
    number: openLoader({
      name: ({ repository, number }) => `${repository} ${number}`,
      most: 50,
      ask: byNames(ask, { host, slot: numberSlot, read: numberIn }),
    }),
    branch: openLoader({
      name: ({ repository, branch }) => `${repository} ${branch}`,
      most: 50,
      ask: byNames(ask, { host, slot: branchSlot, read: branchesIn }),
    }),
    demands: openLoader({
      name: ({ repository, base }) => `${repository} ${base}`,
      most: 50,
      ask: byNames(ask, { host, slot: demandsSlot, read: demandsIn }),
    }),
    threadHead: openLoader({ name: id, most: 50, ask: nodes(threadHeadQuery, threadHeadIn) }),
    thread: openLoader({ name: id, most: 25, ask: nodes(threadQuery, (raw: RawThread) => raw) }),
    words: openLoader({
      name: id,
      most: 50,
      ask: nodes<{ body: string }, string>(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Comment { body } } rateLimit { cost remaining } }',
        ({ body }) => plain(body).trim(),
      ),
    }),
    report: openLoader({ name: id, most: 50, ask: nodes<RawReport, Report>(reportQuery, reportIn) }),
  }
}

const numberSlot = ({ repository, number }: { readonly repository: string; readonly number: number }, name: string) => ({
  declares: `$r${name}: ID!, $c${name}: Int!`,
  asks: `${name}: node(id: $r${name}) { ... on Repository { pullRequest(number: $c${name}) { id } } }`,
  variables: { [`r${name}`]: repository, [`c${name}`]: number },
})
const numberIn = ({ pullRequest }: { readonly pullRequest: { readonly id: string } }): string => pullRequest.id

const branchSlot = ({ repository, branch }: { readonly repository: string; readonly branch: string }, name: string) => ({
  declares: `$r${name}: ID!, $b${name}: String!`,
  asks: `${name}: node(id: $r${name}) { ... on Repository { pullRequests(headRefName: $b${name}, last: 10) { nodes { id number state headRefOid isCrossRepository } } } }`,
  variables: { [`r${name}`]: repository, [`b${name}`]: branch },
})
type RawBranches = {
  readonly pullRequests: {
    readonly nodes: readonly ({ id: string; number: number; state: string; headRefOid: string; isCrossRepository: boolean } | null)[]
  }
}
const branchesIn = ({ pullRequests }: RawBranches): readonly Branch[] =>
  pullRequests.nodes
    .flatMap((one) => one ?? [])
    .map(({ id, number, state, headRefOid, isCrossRepository }) => ({
      id,
      number,
      isOpen: state === 'OPEN',
      head: headRefOid,
      isFromElsewhere: isCrossRepository,
    }))
