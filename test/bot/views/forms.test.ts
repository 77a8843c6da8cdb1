import { describe, expect, test } from 'vitest'
import { formBlocks, formText } from '../../../bot/views/forms.ts'

describe('a form, as people read it,', () => {
  test.each([
    ['has its blanks in angle brackets', 'retry {reference} with {agent}', 'retry <session> with <agent>'],
    ['has what may be left out in square ones', 'help [{about}]', 'help [<command>]'],
    ['leaves out what says nothing', 'pause [project] {project} [(it|this)]', 'pause <project>'],
    ['begins with its other ways, but not with all of many', '(a|b|c|d|e) {session}', '(a|b|c|d|e) <session>'],
    ['begins with its other ways, but not with all of many', '(a|b|c|d|e|f) {session}', '(a|b|c|d|…) <session>'],
    ['begins behind what may be left out', '[(please|kindly)] (a|b) {session}', '(a|b) <session>'],
    ['has one word for many, later', 'retry [(with|using) {agent}]', 'retry [with <agent>]'],
    ['says what fills a slot in the plainest words', 'merge [{when:green=(when|once) [it is] green}]', 'merge [when green]'],
    ['tells all that can be chosen', 'merge with ({method:squash=squash}|{method:rebase=rebase})', 'merge with (squash|rebase)'],
    [
      'tells what may stand in two places once',
      'fix {tasks} [in {project}] [with {agent}] [in {project}]',
      'fix <issues> [in <project>] [with <agent>]',
    ],
    ['has quotation marks around what is quoted', 'start {quoted}', 'start "<words>"'],
    ['has names to choose among, all of them', 'status {filter}', 'status (stuck|mergeable|needs-me|failing|running|queued|ended)'],
    ['has no synonyms', 'move <it> to {platform}', 'move it to <chat>'],
    ['speaks of me in capitals', 'who am i', 'who am I'],
    ['leaves verdicts to the words before them', '(yes|y|ok) {yes}', '(yes|y|ok)'],
  ])('%s: %j', (_what, form, text) => {
    expect(formText(form)).toBe(text)
  })
})

test('forms are told by the place where they count, and each once', () => {
  expect(
    formBlocks([
      'stop {session}',
      { form: 'stop all', where: 'outside' },
      { form: 'stop all', where: 'thread' },
      { form: 'stop {reference}', where: 'thread' },
      { form: 'go on', where: 'paused' },
      { form: '{choice}', where: 'asking' },
    ]),
  ).toEqual([
    { title: 'Forms', text: 'stop <session>\nstop all' },
    { title: 'While an agent asks', text: '<number>' },
    { title: 'While an agent is paused', text: 'go on' },
  ])
})
