import { expect, test } from 'vitest'
import { type House, house, type Moment } from '../../fakes/house.ts'

/** Killed as soon as a file shows it: what was said, known, begun, done, handed over, seen, wished, and over. */
const moments: readonly Moment[] = [
  { file: 'inbox', shows: '"type":"received"' },
  { file: 'journal', shows: '"type":"session.requested"' },
  { file: 'journal', shows: '"type":"workspace.ready"' },
  { file: 'journal', shows: '"type":"agent.started"' },
  { file: 'mailbox', shows: '"report":"done"' },
  { file: 'journal', shows: '"type":"change.seen"' },
  { file: 'journal', shows: '"type":"message.handed"' },
  { file: 'transcript', shows: '"kind":"received"' },
  { file: 'journal', shows: '"type":"merge.requested"' },
  { file: 'journal', shows: '"type":"session.ended"' },
]

/** Kills the bot of a demo at that moment, starts it again, and looks at what became of the story. */
const killedAt = async (home: House, moment: Moment): Promise<string | null> => {
  const where = `${moment.file} ${moment.shows}`
  const first = home.demo('--runtime', 'tmux')
  await home.sees(moment)
  first.kill('SIGKILL')
  const ending = await first.ended
  if (ending !== 'SIGKILL') return `${where}: it had ended before it was killed: ${ending}\n${first.printed()}`
  const second = home.demo()
  const code = await second.ended
  const story = `\n${second.printed()}\n${home
    .facts()
    .map(({ type }) => type)
    .join(' ')}\n${home.log()}`
  if (code !== 0) return `${where}: the next start ended with ${code}${story}`

  const queued = home.facts().flatMap((fact) => (fact.type === 'message.queued' ? [fact.id] : []))
  const received = home.received()
  if (queued.length === 0) return `${where}: the agent was never to be told anything${story}`
  if (received.join() !== queued.join()) return `${where}: the agent was to hear ${queued.join()} and heard ${received.join()}${story}`
  if (home.agentStarts() !== 1) return `${where}: the agent was started ${home.agentStarts()} times${story}`
  const main = await home.main()
  if (main.length !== 2) return `${where}: main holds ${main.join(', ')}${story}`
  return (await home.code()).includes('return a + b') ? null : `${where}: the fix is not on main${story}`
}

test('killed at any moment, the next start ends with the merge, and no message to the agent is lost or doubled', async () => {
  const homes = moments.map((moment) => ({ moment, home: house() }))
  const wrong: string[] = []
  const work = async (): Promise<void> => {
    for (let next = homes.shift(); next; next = homes.shift()) {
      const problem = await killedAt(next.home, next.moment)
      if (problem !== null) wrong.push(problem)
    }
  }
  await Promise.all([work(), work(), work(), work()])
  expect(wrong.join('\n\n')).toBe('')
}, 180_000)
