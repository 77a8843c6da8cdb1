import type { Limits, Rules } from '../contracts/rules.ts'
import type { Config } from './config.ts'
import { fault } from './fault.ts'

/** The rules of one project. @throws {Fault} PROJECT_UNKNOWN */
export const rulesOf = (config: Config, project: string): Rules => {
  const found = Object.hasOwn(config.projects, project) ? config.projects[project] : undefined
  if (!found) throw fault('PROJECT_UNKNOWN', { name: project, known: Object.keys(config.projects) })
  const {
    reactions,
    approvals,
    isRequesterCounted,
    noChecks,
    isUpToDateNeeded,
    mergeMethod,
    isWorkspaceRemoved,
    isTaskClosed,
    isTaskNoted,
    taskLabel,
  } = found
  return {
    reactions,
    approvals,
    isRequesterCounted,
    noChecks,
    isUpToDateNeeded,
    mergeMethod,
    isWorkspaceRemoved,
    isTaskClosed,
    isTaskNoted,
    taskLabel,
  }
}

/** How many may run, everywhere, by project, by agent and by host. */
export const limitsOf = ({ limits, projects, hosts }: Config): Limits => ({
  running: limits.running,
  review: limits.review,
  perProject: mapValues(projects, ({ running }) => running),
  perAgent: limits.agents,
  perHost: mapValues(hosts, ({ running }) => running),
})

const mapValues = <A, B>(record: Readonly<Record<string, A>>, to: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]))
