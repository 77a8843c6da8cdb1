import { definePlugin, type Tracker } from '../../../core/contracts/plugins.ts'
import { examine } from '../../github/examine.ts'
import { readContext } from './context.ts'
import { type Desk, openDesk } from './desk.ts'
import { fault } from './fault.ts'
import { findIssue } from './find.ts'
import { openIntake } from './intake.ts'
import { taskOf } from './issue.ts'
import { openIssues } from './list.ts'
import { options } from './options.ts'
import { closeIssue, createIssue, noteOn, setLabel } from './write.ts'

export { fault } from './fault.ts'

/** The issues of a repository on GitHub. https://docs.github.com/en/rest/issues */
export const github = definePlugin({
  slot: 'tracker',
  name: 'github',
  summary: 'Issues of a repository on GitHub.',
  options,
  missing: async () => null,
  examine,
  create: (settings, host, { project }) => {
    if (project === null) throw fault('PROJECT_NEEDED', {})
    return openTracker(openDesk(settings, host, project))
  },
})

const openTracker = (desk: Desk): Tracker => ({
  find: async (key) => {
    const { located, issue } = await findIssue(desk, key)
    return { ...taskOf(issue), context: await readContext(located, issue, { most: desk.options.comments }) }
  },
  list: async () => {
    const { issues, isCut } = await openIssues(await desk.locate(), {}, { most: desk.options.mostTasks })
    if (isCut) desk.host.log.debug('tracker.list.cut', { project: desk.project.name, most: desk.options.mostTasks })
    return issues.map(({ task }) => task)
  },
  close: (key, note) => closeIssue(desk, key, note),
  create: (task) => createIssue(desk, task),
  note: (key, note) => noteOn(desk, key, note),
  label: (key, label, isOn) => setLabel(desk, key, { label, isOn }),
  ...(desk.options.intake && { wanted: openIntake(desk, desk.options.intake) }),
})
