import type { Meaning } from '../contracts/intent.ts'

/** Understood, and not to be had in this version: said as it is, with what helps meanwhile. */
export const notYet = (what: string, instead: string): Meaning => ({
  refused: `I understand, but ${what} is not part of this version yet.`,
  hint: instead,
})
