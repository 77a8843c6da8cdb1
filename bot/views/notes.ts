import { headline as firstLine, list } from '../../core/kit/text.ts'
import type { Card } from '../contracts/card.ts'
import type { Silenced } from '../contracts/intent.ts'
import type { Awaited } from '../memory/awaiting.ts'
import { forEver } from '../memory/heeding.ts'
import type { Account } from '../memory/people.ts'
import { reply } from './answers.ts'
import { troubleWords } from './names.ts'
import { momentWords } from './times.ts'
import { card } from './words.ts'

const noted = (to: string, title: string, ...lines: readonly string[]): Card => reply(to, 'note', { tone: 'calm', title, lines })

/** From now on a project is meant in a place. */
export const usedCard = (to: string, project: string): Card => noted(to, `From now on I take ${project} here when you name no project.`)

/** News of a session come to a place; `where` says which, null: this one. */
export const followed = (to: string, session: string, where: string | null): Card =>
  noted(
    to,
    `${where ?? 'Here'} I show, too, when ${session} needs somebody and how it ends.`,
    `Say "unfollow ${session}" there when it is enough.`,
  )

/** News of a session come to a place no longer. */
export const unfollowed = (to: string, session: string): Card => noted(to, `News of ${session} are no longer shown here, too.`)

/** All that would be followed is on show here already. */
export const isShownHere = (to: string, session: string): Card =>
  noted(to, `This is the thread of ${session}: all its news come here.`, `Say "follow ${session}" where you want them as well.`)

/** What is muted, as it is said: null for everything. */
export const silencedWords = ({ session, project, kind }: Silenced): string | null => session ?? project ?? kind

/** It is quiet here for a while. */
export const mutedCard = (
  to: string,
  { what, until, isPrivate, now }: { readonly what: Silenced; readonly until: number; readonly isPrivate: boolean; readonly now: number },
): Card =>
  noted(
    to,
    `${sayNothingNew(what)} ${
      until === forEver
        ? `until somebody says "unmute${silencedWords(what) === null ? '' : ` ${silencedWords(what)}`}"`
        : `until ${momentWords(until, now)}`
    }.`,
    ...(isPrivate ? ['That is for you alone; elsewhere nothing changes.'] : []),
    'What is on show goes on being kept up to date, and what you ask is answered.',
  )

const sayNothingNew = (what: Silenced): string => {
  if (what.kind !== null) return `Nobody is called here about “${troubleWords[what.kind]}”`
  const name = silencedWords(what)
  return name === null ? 'Nothing new is posted here' : `Nothing new of ${name} is posted here`
}

/** It may speak again; `still` is until when the whole place is quiet nevertheless. */
export const unmutedCard = (
  to: string,
  { what, still, now }: { readonly what: Silenced; readonly still: number | null; readonly now: number },
): Card =>
  noted(
    to,
    silencedWords(what) === null ? 'This place is not quiet any more.' : `${silencedWords(what)} is not muted here any more.`,
    ...(still === null
      ? []
      : [
          `But the whole place is quiet ${still === forEver ? '' : `until ${momentWords(still, now)} `}still: say "unmute".`.replace(
            '  ',
            ' ',
          ),
        ]),
  )

/** A thread has gone to another place. */
export const movedCard = (to: string, session: string, where: string): Card => noted(to, `${session} goes on ${where}.`)

/** The code that joins another account to a person; for nobody else's eyes. */
export const codeCard = (to: string, code: string): Card =>
  reply(to, 'code', {
    tone: 'ask',
    title: `Say this with your other account within 10 minutes: link ${code}`,
    lines: ['It works once, and makes that account yours with all you may do. Show it to nobody.'],
  })

/** An account has joined a person. */
export const linkedCard = (to: string, person: string): Card =>
  reply(to, 'note', { tone: 'good', title: `This account is ${person}'s from now on.`, lines: ['Say "whoami" for what you may do.'] })

/** Told where the code was asked for. */
export const joinedCard = (to: string, { platform, account }: Account, person: string): Card =>
  card({
    key: `answer:${to}:joined`,
    kind: 'reply',
    tone: 'calm',
    title: `${platform}:${account} has joined the accounts of ${person}, by the code that was given here.`,
    lines: [`If that was somebody else, say "unlink ${platform}:${account}".`],
  })

/** Accounts have parted from a person. */
export const unlinkedCard = (to: string, accounts: readonly Account[], person: string): Card =>
  noted(to, `${list(accounts.map(({ platform, account }) => `${platform}:${account}`))} is no longer ${person}'s.`)

/** What somebody is asked for in so many words; afterwards how it came out. */
export const awaitedCard = ({ id, label, by, outcome, say }: Awaited): Card => {
  const parts = { key: `ask:${id}`, kind: 'reply', replyTo: id } as const
  if (outcome)
    return card({ ...parts, tone: 'calm', title: outcome.is === 'filled' ? `${by} has said it.` : `${by} was asked, and said nothing.` })
  return card({
    ...parts,
    tone: 'ask',
    title: label,
    lines: [`${by}, say it here within 10 minutes, or ${isAnswer(say) ? '"cancel"' : '"no"'}.`],
  })
}

/** "No" would be an answer to what an agent asks. */
export const isAnswer = (say: string): boolean => say.startsWith('answer ')

/** An edit that reads like an order. */
export const editedCard = (to: string): Card =>
  reply(to, 'edited', { tone: 'ask', title: 'An edited message is not carried out; say it anew.', lines: [] })

/** Who speaks is nobody that is known here: what makes them known. */
export const strangerCard = (to: string, { platform, account }: Account, isAsked: boolean): Card =>
  reply(to, 'stranger', {
    tone: isAsked ? 'calm' : 'bad',
    title: isAsked
      ? `You are ${platform}:${account}, and nobody is known by that account.`
      : `Nobody is known by the account ${platform}:${account}, and nobody unknown is obeyed.`,
    lines: [
      `Ask an admin to write accounts: {${platform}: ${JSON.stringify(firstLine(account, 200))}} under your name in bot.config.yaml.`,
      'Or, where you are known or in the console, say "link", and then here what you are told there.',
    ],
  })

/** It was no code that is good now. */
export const wrongCode = (to: string, is: 'wrong' | 'too often'): Card =>
  reply(to, 'wrong-code', {
    tone: 'bad',
    title:
      is === 'wrong'
        ? 'That code is not good, or not any more.'
        : 'That was wrong too often: for 10 minutes no code is taken from this account.',
    lines: ['Say "link" where you are known for a new one.'],
  })
