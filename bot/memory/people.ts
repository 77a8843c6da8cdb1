import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { Document } from '../../core/contracts/store.ts'
import type { Place } from '../contracts/inbound.ts'
import { keepWhere, renew } from './renew.ts'

/** An account, as its platform names it. */
export type Account = { readonly platform: string; readonly account: string }

type Code = { readonly salt: string; readonly hash: string; readonly until: number; readonly place: Place }

/** Who else somebody is. */
export type PeopleDocument = {
  /** platform and account → the name of the person. */
  links: Record<string, string>
  /** person → their code. Only its hash is kept. */
  codes: Record<string, Code>
  /** platform and account → when it said wrong codes, epoch ms. */
  tries: Record<string, readonly number[]>
}

export const emptyPeople = (): PeopleDocument => ({ links: {}, codes: {}, tries: {} })

/** How long a code is good for, and within which the wrong ones are counted. */
export const codeMs = 10 * 60_000
const mostTries = 5
const kept = { links: 2_000, tries: 2_000 }

/** No two of these look alike. */
const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const codeChars = 8

/** How it went with a code. */
export type Redeemed = { readonly is: 'linked'; readonly person: string; readonly askedAt: Place } | { readonly is: 'wrong' | 'too often' }

/** Accounts that people have joined to themselves by one-time codes; each change is on disk when it resolves. */
export const createPeople = (document: Document<PeopleDocument>) => {
  const { value } = document
  const keyOf = ({ platform, account }: Account): string => `${platform}\u0000${account}`
  const links = (): readonly (Account & { readonly person: string })[] =>
    Object.entries(value.links).map(([key, person]) => {
      const [platform = '', ...account] = key.split('\u0000')
      return { platform, account: account.join('\u0000'), person }
    })
  return {
    links,
    personOf: (account: Account): string | null => value.links[keyOf(account)] ?? null,
    /** A new code for that person; the one before is good for nothing any more. `place` is where it was asked for. */
    giveCode: async (person: string, { place, now }: { readonly place: Place; readonly now: number }): Promise<string> => {
      const code = newCode()
      const salt = randomBytes(16).toString('hex')
      await document.update(({ codes }) => {
        keepWhere(codes, (_person, { until }) => until >= now)
        codes[person] = { salt, hash: hashOf(code, salt), until: now + codeMs, place }
      })
      return code
    },
    /** That person's code is good for nothing any more. */
    takeBack: (person: string): Promise<void> =>
      document.update(({ codes }) => {
        delete codes[person]
      }),
    /** Joins an account to the person whose code that is. A code works once, and nobody may guess for long. */
    redeem: async (code: string, account: Account, now: number): Promise<Redeemed> => {
      const key = keyOf(account)
      const tries = (value.tries[key] ?? []).filter((at) => now - at < codeMs)
      if (tries.length >= mostTries) return { is: 'too often' }
      const found = Object.entries(value.codes).find(([, { salt, hash, until }]) => until >= now && hashOf(code, salt) === hash)
      await document.update((people) => {
        if (!found) return void renew(people.tries, key, [...tries, now], kept.tries)
        delete people.tries[key]
        delete people.codes[found[0]]
        renew(people.links, key, found[0], kept.links)
      })
      return found ? { is: 'linked', person: found[0], askedAt: found[1].place } : { is: 'wrong' }
    },
    unlink: (account: Account): Promise<void> =>
      document.update((people) => {
        delete people.links[keyOf(account)]
      }),
  }
}

export type PeopleMemory = ReturnType<typeof createPeople>

/** Letters and digits, some of both, so that no word is one. */
const newCode = (): string => {
  for (;;) {
    const code = Array.from({ length: codeChars }, () => letters[randomInt(letters.length)]).join('')
    if (/\d/.test(code) && /[A-Z]/.test(code)) return code
  }
}

const hashOf = (code: string, salt: string): string => createHash('sha256').update(`${salt}${code}`).digest('hex')
