import { type Context, type Slots, statusFilters } from '../contracts/intent.ts'
import { choiceIn, verdict } from './choices.ts'
import { isListed, noReview, plainly, readJob, readText } from './free.ts'
import { jobWords } from './lexicon.ts'
import {
  agentOf,
  isNoIssue,
  isTerminal,
  personOf,
  projectOf,
  readReference,
  readSessions,
  readTasks,
  sessionOf,
  slice,
  written,
} from './names.ts'
import type { Reached, Said } from './said.ts'
import { readSchedule } from './schedule.ts'
import { readDuration, readSince, readUntil } from './times.ts'

type Blank = {
  /** As people are shown it, in `help`. */
  readonly shown: string
  /** Every way it can be filled by the words from `at` on, the likeliest first. Total. */
  readonly read: (at: number, said: Said) => readonly Reached[]
}

/** A blank of one word. */
const word = (shown: string, fill: (word: string, context: Context, said: Said, at: number) => Slots | null): Blank => ({
  shown,
  read: (at, said) => {
    const token = said.tokens[at]
    const slots = token && token.quoted === null ? fill(token.word, said.context, said, at) : null
    return slots ? [{ at: at + 1, slots }] : []
  },
})

const fill = <Name extends keyof Slots>(name: Name, value: Slots[Name] | undefined): Slots | null =>
  value === undefined ? null : { [name]: value }

const numbers: Readonly<Record<string, number>> = Object.fromEntries(
  ['one first 1st', 'two second 2nd', 'three third 3rd', 'four fourth 4th', 'five fifth 5th'].flatMap((words, index) =>
    words.split(' ').map((word) => [word, index + 1]),
  ),
)

const digestWords: ReadonlySet<string> = new Set(['digest', 'summary', 'recap', 'report'])
const requests: ReadonlySet<string> = new Set(['can', 'could', 'would', 'will'])

const noTopics: ReadonlySet<string> = new Set('me us please out with on about the you him her them now needed wanted'.split(' '))

/** `merging` is `merge`. */
const topicOf = (word: string, topics: ReadonlyMap<string, string>): string | undefined => {
  const stem = word.replace(/(?:ing|s)$/, '')
  return topics.get(word) ?? (stem === word ? undefined : (topics.get(`${stem}e`) ?? topics.get(stem) ?? topics.get(stem.slice(0, -1))))
}

/** The shapes a blank can have, and what they fill. */
export const blanks: Readonly<Record<string, Blank>> = {
  session: word('session', (word, _context, said, at) => fill('session', sessionOf(word, said, at))),
  sessions: { shown: 'sessions', read: readSessions },
  /** By any name; `#42` of which nothing is known is a task. */
  reference: { shown: 'session', read: readReference('task') },
  /** The same, but `#42` of which nothing is known is a change. */
  change: { shown: 'change', read: readReference('change') },
  /** A change, whoever made it; its bare number will do. */
  pull: {
    shown: 'change',
    read: (at, said) => {
      const bare = /^#?(\d{1,6})$/.exec(said.tokens[at]?.word ?? '')?.[1]
      if (bare !== undefined) return [{ at: at + 1, slots: { change: Number(bare) } }]
      return readReference('change')(at, said).filter(({ slots }) => slots.change !== undefined)
    },
  },
  /** A session that is spoken to: `app-3: …`. */
  addressee: {
    shown: 'session:',
    read: (at, said) => {
      const token = said.tokens[at]
      const session = token?.hasColon || token?.word.startsWith('@') ? sessionOf(token.word, said, at) : undefined
      return session === undefined ? [] : [{ at: at + 1, slots: { session } }]
    },
  },
  tasks: { shown: 'issues', read: readTasks },
  /** The same, but the first must look like an issue even where nobody says what is to be done with it. */
  issues: { shown: 'issues', read: (at, said) => (isNoIssue(at, said) ? [] : readTasks(at, said)) },
  quoted: {
    shown: '"words"',
    read: (at, { tokens }) => {
      const text = tokens[at]?.quoted?.trim()
      return text ? [{ at: at + 1, slots: { text } }] : []
    },
  },
  /** What is to be done: options and thanks around it are not part of it. */
  text: { shown: 'words', read: readText(plainly) },
  /** The same, from the word on that says what is to be done. */
  fix: { shown: 'fix words', read: readJob(new Set(['fix']), 2) },
  job: { shown: 'words', read: readJob(jobWords, 3) },
  /** Numbers that are no list of issues: asked about, never guessed at. */
  list: {
    shown: 'issues',
    read: (at, said) => {
      const rest = said.tokens.slice(at).filter(({ word }) => word !== '.' && word !== '?')
      const isList =
        /^#?\d/.test(rest[0]?.word ?? '') && rest.length <= 6 && rest.every(({ word }, index) => isListed(word, rest[index - 1]?.word))
      return isList ? [{ at: said.tokens.length, slots: {} }] : []
    },
  },
  /** What is wrong with a change, as it was said; but not on which condition it would be. */
  review: {
    shown: 'words',
    read: (at, said) => {
      const text = slice(said, at, said.tokens.length)
      return text === '' || said.tokens[at]?.word === '?' || noReview.test(text) ? [] : [{ at: said.tokens.length, slots: { text } }]
    },
  },
  /** Up to six words without a pause. */
  few: {
    shown: '…',
    read: (from, said) => {
      const found: Reached[] = []
      for (let at = from + 1; at <= Math.min(said.tokens.length, from + 6); at += 1) {
        const word = said.tokens[at - 1]?.word ?? ''
        if (jobWords.has(word) || ['.', '?', 'but', 'and', 'now', 'please', 'use', 'then', 'try', 'run', 'stop', 'keep'].includes(word))
          break
        found.unshift({ at, slots: {} })
        if (/[,;:]\s*$/.test(said.text.slice(said.tokens[at - 1]?.from, said.tokens[at - 1]?.to))) break
      }
      return found
    },
  },
  /** Words for the session that was addressed; a bare command is one. */
  remark: {
    shown: 'words',
    read: (at, said) => {
      const rest = said.tokens.slice(at).filter(({ word }) => word !== '.' && word !== '?')
      const isCommand =
        said.topics.has(rest[0]?.word ?? '') && (rest.length === 1 || (rest.length === 2 && /^\d+$/.test(rest[1]?.word ?? '')))
      if (rest.length === 0 || isCommand) return []
      return [{ at: said.tokens.length, slots: { text: slice(said, at, said.tokens.length) } }]
    },
  },
  /** Whatever else is said. */
  rest: { shown: '…', read: (_at, { tokens }) => [{ at: tokens.length, slots: {} }] },
  /** Words for somebody else, passed on as they were said, to the very end. */
  words: {
    shown: 'words',
    read: (at, said) => {
      const text = slice(said, at, said.tokens.length)
      const isRequest = said.tokens
        .slice(0, at)
        .some(({ word }, index) => word === 'you' && requests.has(said.tokens[index - 1]?.word ?? ''))
      const own = isRequest ? text.replace(/\s*\?$/, '') : text // the question mark of "can you tell …?" is ours
      return own === '' ? [] : [{ at: said.tokens.length, slots: { text: own } }]
    },
  },
  project: word('project', (word, { projects }, said, at) => fill('project', projectOf(word, written(said, at), projects))),
  agent: {
    shown: 'agent',
    read: (at, { tokens, context }) => {
      const [first, second] = [tokens[at]?.word ?? '', tokens[at + 1]?.word ?? '']
      const both = agentOf(`${first}-${second}`, context.agents)
      if (both !== undefined) return [{ at: at + 2, slots: { agent: both } }]
      const agent = agentOf(first, context.agents)
      return agent === undefined ? [] : [{ at: at + 1, slots: { agent } }]
    },
  },
  /** A name that stands after `on` or `from`. */
  base: word('branch', (word, _context, said, at) => (/^[\w][\w./-]*$/.test(word) ? { base: written(said, at) } : null)),
  person: word('person', (word, { people }) => fill('to', personOf(word, people))),
  someone: word('person', (word, { people }) => fill('about', personOf(word, people))),
  platform: word('chat', (word) => (/^(?:slack|telegram|discord|console)$/.test(word) ? { to: word } : null)),
  code: word('code', (word) => {
    const code = word.toUpperCase()
    return /^(?=.*\d)(?=.*[A-Z])[A-HJKMNP-Z2-9]{8}$/.test(code) ? { code } : null
  }),
  /** A terminal as its owner calls it: one word, or several between quotation marks. */
  terminal: {
    shown: 'name',
    read: (at, said) => {
      const token = said.tokens[at]
      const name = token?.quoted?.trim() ?? (token ? written(said, at) : '')
      const isAnything = /^(?:an?|some|any|this|that|these|those|our|your)$/.test(said.tokens[at - 1]?.word ?? '') // "adopt a cat"
      const isName = token?.quoted !== null ? name !== '' : isTerminal(name) && !isAnything
      return token && isName ? [{ at: at + 1, slots: { text: name } }] : []
    },
  },
  /** Accounts are told apart by case; platforms are not. */
  account: word('account', (word, _context, said, at) => {
    const [, platform = '', account] = /^([a-z][a-z0-9-]*)(?::([!-~]+))?$/i.exec(written(said, at)) ?? []
    return platform === '' ? null : { account: account === undefined ? word : `${platform.toLowerCase()}:${account}` }
  }),
  choice: word('number', (word) => {
    const number = numbers[word] ?? Number(/^#?(\d{1,2})$/.exec(word)?.[1] ?? 0)
    return number > 0 ? { choice: number } : null
  }),
  /** The words of a choice that is asked about. */
  option: {
    shown: 'choice',
    read: (from, said) => {
      const choice = choiceIn(plainly(slice(said, from, said.bodyEnd)), said.context)
      return choice === null ? [] : [{ at: said.bodyEnd, slots: { choice } }]
    },
  },
  /** One of the numbers that are asked about. */
  pick: word('number', (word, { asked }) => {
    const number = word === 'last' ? (asked?.length ?? 0) : (numbers[word] ?? Number(/^#?(\d{1,2})$/.exec(word)?.[1] ?? 0))
    return number > 0 && number <= (asked?.length ?? 0) ? { choice: number } : null
  }),
  /** A comma, a colon or a dash: what stands behind it is a sentence of its own. */
  pause: {
    shown: ',',
    read: (at, { text, tokens }) => {
      const [before, here] = [tokens[at - 1], tokens[at]]
      if (!before || !here) return []
      const isStop = here.word === '.' && tokens[at + 1] !== undefined && !/^\d/.test(tokens[at + 1]?.word ?? '')
      if (isStop) return [{ at: at + 1, slots: {} }]
      return /[,:;–—]|\s-\s/.test(text.slice(before.from, here.from)) ? [{ at, slots: {} }] : []
    },
  },
  yes: { shown: 'yes', read: (at, { context }) => [{ at, slots: verdict('yes', context) }] },
  always: { shown: 'always', read: (at, { context }) => [{ at, slots: verdict('always', context) }] },
  no: { shown: 'no', read: (at, { context }) => [{ at, slots: verdict('no', context) }] },
  lines: word('lines', (word) => {
    const lines = /^[1-9]\d{0,3}$/.test(word) ? Number(word) : { ten: 10, twenty: 20, thirty: 30, fifty: 50, hundred: 100 }[word]
    return lines === undefined ? null : { lines }
  }),
  message: word('message', (word, _context, said, at) => {
    const [, session, number] = /^(.+)-m(\d+)$/.exec(word) ?? []
    if (session === undefined) return /^answer-\S+$/.test(word) ? { message: written(said, at) } : null
    const known = sessionOf(
      session,
      { ...said, text: session, tokens: [{ word: session, from: 0, to: session.length, hasColon: false, quoted: null }] },
      0,
    )
    return known === undefined ? null : { message: `${known}-m${number}` }
  }),
  filter: word(statusFilters.join(', '), (word) =>
    fill(
      'filter',
      statusFilters.find((filter) => filter === word),
    ),
  ),
  about: word('command', (word, _context, { topics }) =>
    /^[a-z][a-z-]*$/.test(word) && !noTopics.has(word) ? { about: topicOf(word, topics) ?? word } : null,
  ),
  /** A thing the bot can do, by any word for it. */
  topic: word('command', (word, _context, { topics }) => fill('about', topicOf(word, topics))),
  /** The same, somewhere in what follows. */
  topicwithin: {
    shown: 'command',
    read: (from, { tokens, topics }) => {
      const topic = tokens.slice(from, from + 8).flatMap(({ word }) => topicOf(word, topics) ?? [])[0]
      return topic === undefined ? [] : [{ at: tokens.length, slots: { about: topic } }]
    },
  },
  what: word('command', (word, _context, { topics }) => fill('what', topicOf(word, topics))),
  duration: { shown: '2h', read: (at, { tokens }) => readDuration(tokens, at) },
  until: { shown: 'time', read: (at, said) => readUntil(said, at) },
  schedule: { shown: 'weekday at 9', read: (at, { tokens }) => readSchedule(tokens, at) },
  /** A schedule with the word for what is sent in the middle of it. */
  digested: { shown: 'weekday at 9', read: (at, { tokens }) => readSchedule(tokens, at, digestWords) },
  since: { shown: 'today', read: (at, { tokens }) => readSince(tokens, at) },
}
