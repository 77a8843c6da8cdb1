import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../core/contracts/fact.ts'
import type { Session } from '../../../core/contracts/session.ts'
import { collided, isNews } from '../../../core/session/collisions.ts'

type Known = Session['collisions']
const hourMs = 3_600_000
const seen = (files: readonly string[], at: number) =>
  ({ type: 'collision.seen', at, other: 'app-2', files }) satisfies Extract<Fact, { type: 'collision.seen' }>

/** What is known after these pictures, one after the other: only news become facts. */
const knownAfter = (...pictures: readonly (readonly [files: readonly string[], at: number])[]): Known =>
  pictures.reduce<Known>((all, [files, at], index) => (isNews(all['app-2'], files) ? collided(all, seen(files, at), index + 1) : all), {})
const names = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => `f${String(from + index).padStart(2, '0')}`)

describe('sessions that change the same files', () => {
  test('are told once, and with more files the same call says more', () => {
    expect(knownAfter([['a', 'b'], 0], [['a', 'b'], 1], [['b'], 2])['app-2']).toMatchObject({ since: 1, files: ['a', 'b'], isOver: false })
    expect(knownAfter([['a'], 0], [['a', 'b'], 1])['app-2']).toMatchObject({ since: 1, files: ['a', 'b'] })
  })

  test('and let go are no longer told, and come back within a day as the same call', () => {
    expect(knownAfter([['a'], 0], [[], hourMs])['app-2']).toMatchObject({ isOver: true })
    const back = knownAfter([['a'], 0], [[], hourMs], [['a'], 2 * hourMs], [[], 3 * hourMs], [['a'], 4 * hourMs])
    expect(back['app-2']).toMatchObject({ since: 1, at: 0, isOver: false })
  })

  test('come back as a new call after a day, or with a file that was not among them', () => {
    expect(knownAfter([['a'], 0], [[], hourMs], [['a'], 25 * hourMs])['app-2']).toMatchObject({ since: 3, at: 25 * hourMs })
    expect(knownAfter([['a'], 0], [[], hourMs], [['a', 'b'], 2 * hourMs])['app-2']).toMatchObject({ since: 3, files: ['a', 'b'] })
  })

  test('with more files than are told are no news where the next one only moves up', () => {
    const known = knownAfter([names(0, 20), 0])['app-2']
    expect(isNews(known, names(1, 21))).toBe(false)
    expect(isNews(known, ['a-new-one', ...names(0, 19)])).toBe(true)
    expect(isNews(knownAfter([names(0, 19), 0])['app-2'], names(0, 20))).toBe(true)
  })
})
