import { expect, test } from 'vitest'
import { sinceOf } from '../../../bot/understand/since.ts'

/** A Wednesday, a quarter past ten. */
const now = new Date(2026, 0, 7, 10, 15).getTime()
const at = (day: number, hour = 0, minute = 0): number => new Date(2026, 0, day, hour, minute).getTime()

test.each<[string, number]>([
  ['today', at(7)],
  ['yesterday', at(6)],
  ['this week', at(5)],
  ['last week', at(-2)],
  ['past week', at(-2)],
  ['monday', at(5)],
  ['wednesday', at(7)],
  ['thursday', at(1)],
  ['last friday', at(2)],
  ['weekend', at(3)],
  ['this month', at(1)],
  ['last month', new Date(2025, 11, 1).getTime()],
  ['this quarter', at(1)],
  ['last quarter', new Date(2025, 9, 1).getTime()],
  ['this year', at(1)],
  ['last year', new Date(2025, 0, 1).getTime()],
  ['overnight', at(6, 20)],
  ['last night', at(6, 20)],
  ['tonight', at(6, 20)],
  ['this morning', at(7, 5)],
  ['this afternoon', at(6, 12)],
  ['this evening', at(6, 18)],
  ['90m', at(7, 8, 45)],
  ['24h', at(6, 10, 15)],
  ['30s', now - 30_000],
  ['2d', at(5)],
  ['1w', new Date(2025, 11, 31).getTime()],
  ['this hour', at(7, 9, 15)],
])('%j began', (words, began) => {
  expect(new Date(sinceOf(words, now) ?? 0)).toEqual(new Date(began))
})

test.each(['', 'later', 'app', 'this', 'tomorrow'])('%j names no stretch of time', (words) => {
  expect(sinceOf(words, now)).toBeNull()
})

test('a week begins on Monday, also when it is Sunday or Monday', () => {
  const week = (day: number) => new Date(sinceOf('this week', new Date(2026, 0, day, 12).getTime()) ?? 0)
  expect([week(4), week(5), week(11)]).toEqual([new Date(2025, 11, 29), new Date(2026, 0, 5), new Date(2026, 0, 5)])
})
