import type { Candidate } from '../../core/contracts/adoption.ts'
import { counted, list } from '../../core/kit/text.ts'
import type { Card } from '../contracts/card.ts'
import { reply } from './answers.ts'

/** What is asked about, and how the next session of a project will be called. */
export type Wanted = { readonly terminal: string | null; readonly agent: string | null; readonly next: (project: string) => string }

/**
 * What was started by hand: one agent with all that adopting it would do, or several, a line each. What can be adopted has a button, what
 * cannot has a reason and a cure.
 */
export const adoptCard = (to: string, all: readonly Candidate[], wanted: Wanted): Card => {
  const { terminal, agent } = wanted
  const named = all.filter((one) => (terminal === null || isCalled(one, terminal)) && (agent === null || one.agent === agent))
  const [only] = named
  if (only && named.length === 1 && (terminal !== null || agent !== null)) return oneCard(to, only, wanted)
  if (named.length === 0) return noneCard(to, all, wanted)
  return reply(to, 'adopt', {
    tone: 'calm',
    title: `${counted(named.length, 'agent was', 'agents were')} started by hand.`,
    lines: named.map(lineOf),
    actions: named.slice(0, mostButtons).flatMap((one) => (one.refused === null ? [askFirst(one)] : [])),
  })
}

const mostButtons = 20

/** `fix` is every agent of the terminal session "fix". */
const isCalled = ({ terminal }: Candidate, name: string): boolean => {
  const [called, asked] = [terminal.toLowerCase(), name.toLowerCase()]
  return called === asked || called.startsWith(`${asked}:`)
}

const yes = ({ code }: Extract<Candidate, { refused: null }>) => ({ label: 'Adopt it', say: `adopt ${code}`, isRisky: true })

/** A line does not say all that would happen, so its button asks. */
const askFirst = ({ terminal }: Candidate) => ({
  label: `Adopt ${terminal}`,
  say: `adopt tmux ${/^[\w:.-]+$/.test(terminal) ? terminal : `"${terminal}"`}`,
  isRisky: false,
})

const nameOf = ({ agent, terminal }: Candidate): string => `${agent} in tmux session "${terminal}"`

const oneCard = (to: string, one: Candidate, { next }: Wanted): Card => {
  if (one.refused !== null)
    return reply(to, 'adopt', { tone: 'bad', title: `${nameOf(one)} cannot be adopted: it ${one.refused}.`, lines: [one.cure] })
  return reply(to, 'adopt', {
    tone: 'ask',
    title: `${nameOf(one)}, ${one.folder} on branch ${one.branch}: shall I adopt it?`,
    lines: [
      `It is ended there and goes on here as ${next(one.project)} with the same conversation. Nothing in the folder is touched, now or later.`,
      one.isResting ? 'It rests, so nothing is broken off.' : 'It is in the middle of a turn: what it is doing now is broken off.',
      ...(one.isAlone ? ['Its terminal was opened with nothing else in it, and closes.'] : []),
      'Nothing is done yet.',
    ],
    actions: [yes(one)],
  })
}

const noneCard = (to: string, all: readonly Candidate[], { terminal, agent }: Wanted): Card =>
  reply(to, 'adopt', {
    tone: 'calm',
    title:
      terminal !== null
        ? `No ${agent ?? 'agent that I know'} runs in a tmux session "${terminal}".`
        : `No ${agent ?? 'agent'} was started by hand in a tmux session.`,
    lines:
      all.length > 0
        ? [`There is ${list(all.map(nameOf))}.`]
        : ['It must run in tmux, on this machine and as this user: "tmux new -s fix" in a worktree of a project, and the agent in there.'],
  })

const lineOf = (one: Candidate): string =>
  [
    nameOf(one),
    one.project === null ? one.folder : `${one.folder}${one.branch === null ? '' : ` on ${one.branch}`}, of ${one.project}`,
    one.refused === null ? (one.isResting ? 'rests' : 'works') : `cannot be adopted: it ${one.refused}. ${one.cure}`,
  ].join(' · ')
