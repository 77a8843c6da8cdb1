import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Context, type Intent, type Reading, type SlotName, type Slots, statusFilters } from '../../../bot/contracts/intent.ts'
import { intents } from '../../../bot/intents/index.ts'
import { courtesies, thanks } from '../../../bot/understand/lexicon.ts'
import { parse } from '../../../bot/understand/parse.ts'
import { readLines } from '../../../bot/understand/score.ts'
import { sentenceOf } from '../../../bot/understand/sentence.ts'
import { understand } from '../../../bot/understand/understand.ts'
import { corpusWorld, placeIn } from '../../../bot/understand/world.ts'
import { reactionKeys } from '../../../core/contracts/names.ts'

const at = (place: string): Context => placeIn(corpusWorld, place)
const channel = at('channel')
const asking = at('thread:app-5!')
const contexts: readonly Context[] = [
  channel,
  at('thread:app-3'),
  asking,
  { ...at('thread:app-3'), isPaused: true },
  { ...asking, asked: [] },
  { ...channel, recent: 'app-3' },
  { ...channel, only: 'app-3' },
  { ...channel, project: null, projects: [], agents: [], people: [], sessions: [] },
]

type Said = { readonly say: string; readonly in: string }

/** All sentences there are: those that were agreed on, and the examples of the intents. */
const sentences: readonly Said[] = (() => {
  const folder = join(import.meta.dirname, '../../fixtures')
  const files = ['utterances.jsonl', ...readdirSync(join(folder, 'sentences')).map((name) => `sentences/${name}`)]
  const agreed = files.flatMap((file) => {
    const read = readLines(readFileSync(join(folder, file), 'utf8'), corpusWorld)
    return 'lines' in read ? read.lines : []
  })
  const places = { channel: 'channel', thread: 'thread:app-3', asking: 'thread:app-5!' }
  const examples = intents.flatMap((intent) => intent.examples.map(({ say, in: place = 'channel' }) => ({ say, in: places[place] })))
  return [...agreed, ...examples]
})()

/** The exact commands among them. */
const commands = sentences.flatMap((one) => {
  const reading = parse(one.say, intents, at(one.in))
  return reading?.isExact ? [{ ...one, reading }] : []
})

const changes = ({ meaning, intent }: Reading): boolean =>
  'wishes' in meaning || 'note' in meaning || ('refused' in meaning && intent.risk !== 'read')

/** The exact commands of a channel that change something. */
const orders = commands.filter(({ reading, in: place }) => !place.startsWith('thread') && changes(reading))
const orderTexts = [...new Set(orders.map(({ say }) => say))]

/** Would anything change in a channel, at once or after a tap? */
const isOrder = (text: string): boolean => {
  const read = understand(text, intents, channel)
  return read.kind === 'reading' && changes(read.reading)
}

/** What stays the same however it is said; a text is compared without regard to its blanks. */
const essence = (reading: Reading | null): unknown =>
  reading && {
    intent: reading.intent.name,
    slots: { ...reading.slots, ...(reading.slots.text === undefined ? {} : { text: reading.slots.text.replace(/\s+/g, ' ') }) },
    isExact: reading.isExact,
  }

const words = fc.constantFrom(...sentences.flatMap(({ say }) => say.split(' ')), '"', '“', '> ', '~~', '?', '.', ',', '\n', "don't", '#87')
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)), // with halves of characters
  fc.array(words, { maxLength: 14 }).map((all) => all.join(' ')),
  fc.tuple(fc.constantFrom(...sentences), fc.constantFrom(...sentences)).map(([one, other]) => `${one.say}, ${other.say}`),
  fc
    .tuple(fc.constantFrom(...sentences), fc.nat(), fc.string({ unit: 'grapheme', maxLength: 3 }))
    .map(([{ say }, where, sign]) => say.slice(0, where % (say.length + 1)) + sign + say.slice(where % (say.length + 1))),
)
const anyContext = fc.constantFrom(...contexts)

describe('whatever is said, wherever', () => {
  test('there is an answer, always the same one, and never an error', () => {
    fc.assert(
      fc.property(anyText, anyContext, (text, context) => {
        expect(understand(text, intents, context)).toEqual(understand(text, intents, context))
        expect(essence(parse(text, intents, context))).toEqual(essence(parse(text, intents, context)))
      }),
      { numRuns: 1_500 },
    )
  })

  test('what is exact is in a form, or is for the agent of the thread as it was said, or is nothing at all and asks for help', () => {
    fc.assert(
      fc.property(anyText, anyContext, (text, context) => {
        const read = understand(text, intents, context)
        if (read.kind !== 'reading' || !read.reading.isExact) return
        const { intent, slots } = read.reading
        const inForm = parse(text, intents, context)
        if (inForm) expect(essence(read.reading)).toEqual(essence(inForm))
        else if (intent.risk === 'read') expect({ intent: intent.name, slots }).toEqual({ intent: 'help', slots: {} })
        else expect({ intent: intent.name, slots }).toEqual({ intent: 'tell', slots: { session: context.thread, text: text.trim() } })
      }),
      { numRuns: 3_000 },
    )
  })

  test('what ends work is exact in a form of its own only, in every sentence there is', () => {
    for (const { say } of sentences)
      for (const context of [channel, asking]) {
        const read = understand(say, intents, context)
        if (read.kind !== 'reading' || read.reading.intent.risk !== 'destroy' || !read.reading.isExact) continue
        expect(essence(parse(say, intents, context)), say).toEqual(essence(read.reading))
      }
  })
})

describe('an exact command stays what it is', () => {
  const anyCommand = fc.constantFrom(...commands)
  const blank = fc.constantFrom(' ', '  ', '\t', '\n', ' \n ', '\r\n\t', '     ')
  const around = fc.constantFrom('', ' ', '\n', '\t ', '\r\n')

  test('however it is spaced', () => {
    fc.assert(
      fc.property(anyCommand, around, around, fc.array(blank, { minLength: 1, maxLength: 20 }), (command, before, behind, blanks) => {
        let count = 0
        const spaced = command.say
          .split(/("[^"\n]*"|“[^“”]*”)/)
          .map((part, index) => (index % 2 === 1 ? part : part.replace(/\s+/g, () => blanks[count++ % blanks.length] ?? ' ')))
          .join('')
        expect(essence(parse(before + spaced + behind, intents, at(command.in)))).toEqual(essence(command.reading))
      }),
      { numRuns: 1_000 },
    )
  })

  test('in capitals and in small letters, but for free words and the names of branches', () => {
    const writings = fc.array(
      fc.constantFrom<(word: string) => string>(
        (word) => word.toUpperCase(),
        (word) => word.toLowerCase(),
        (word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase(),
      ),
      { minLength: 1, maxLength: 10 },
    )
    fc.assert(
      fc.property(anyCommand, writings, ({ say, in: place, reading }, all) => {
        const { text, base } = reading.slots
        const free = text === undefined ? say.length : say.indexOf(text)
        let count = 0
        // Letters alone: what has a sign or a digit in it is a name, a key, a link.
        const written = say.slice(0, Math.max(free, 0)).replace(/(?<![\p{L}\d_/.:#@="“-])[a-z']+(?![\p{L}\d_/.#@=-]|:\/)/giu, (word) => {
          if (word === base) return word
          const write = all[count++ % all.length]
          return write ? write(word) : word
        })
        expect(essence(parse(written + say.slice(Math.max(free, 0)), intents, at(place)))).toEqual(essence(reading))
      }),
      { numRuns: 1_000 },
    )
  })

  /** All that a courtesy or thanks of the lexicon can be. */
  const spelled = (pattern: string): readonly string[] => {
    const [whole, inner] = /\(([^()]*)\)/.exec(pattern) ?? []
    return whole === undefined ? [pattern] : (inner ?? '').split('|').flatMap((one) => spelled(pattern.replace(whole, one)))
  }
  const politely = fc.constantFrom(...courtesies.flatMap(spelled))
  const thankfully = fc.constantFrom(...thanks.filter((one) => !/^[.?]$/.test(one)).flatMap(spelled))

  test('with up to four courtesies before it', () => {
    // Whoever calls the bot by its name does so first; in a thread that tells it from the agent.
    // Behind "can you" a question mark is the asker's own, so free words that end with one are left out.
    const uncalled = commands.filter(({ say }) => !/^(?:[/@]?ao\b|[/!])/i.test(say) && !/\byou mind\b/i.test(say) && !/\?\s*$/.test(say))
    fc.assert(
      fc.property(fc.constantFrom(...uncalled), fc.array(politely, { maxLength: 4 }), ({ say, in: place, reading }, before) => {
        const polite = place.startsWith('thread') ? before.filter((one) => one !== 'ao') : before
        expect(essence(parse([...polite, say].join(' '), intents, at(place)))).toEqual(essence(reading))
      }),
      { numRuns: 1_000 },
    )
  })

  test('with up to four thanks behind it, where no free words come last', () => {
    // "tell app-3 thanks", "interrupt app-3 thanks" and "help thanks" have words to pass on, or something to be asked about.
    const closed = commands.filter(
      ({ reading: { intent, slots } }) =>
        !(intent.name === 'help' && slots.about === undefined) &&
        (intent.name === 'start' || (slots.text === undefined && intent.name !== 'tell' && intent.name !== 'interrupt')),
    )
    const pauses = fc.constantFrom(' ', ', ', '. ') // with "?!" nobody is sure
    fc.assert(
      fc.property(
        fc.constantFrom(...closed),
        fc.array(fc.tuple(pauses, thankfully), { maxLength: 4 }),
        fc.constantFrom('', '.', '!', ' :)', ' 🙏'),
        ({ say, in: place, reading }, behind, end) => {
          const polite = say + behind.flat().join('') + (behind.length > 0 ? end : '')
          expect(essence(parse(polite, intents, at(place)))).toEqual(essence(reading))
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe('what is written for slots is read as them', () => {
  const text = fc
    .tuple(
      fc.constantFrom('use', 'rename', 'check'),
      fc.array(fc.constantFrom(...'the zod tests, "Foo" é on with it in app #42'.split(' '))),
    )
    .map(([first, rest]) => [first, 'x', ...rest].join(' '))
  const values: Readonly<Record<SlotName, fc.Arbitrary<unknown>>> = {
    it: fc.constant(true),
    session: fc.constantFrom('app-3', 'api-12', 'app-99'),
    sessions: fc.uniqueArray(fc.constantFrom('app-3', 'app-4', 'api-1', 'api-2'), { minLength: 2 }),
    task: fc.constantFrom('#42'),
    tasks: fc.uniqueArray(fc.constantFrom('#1', '#42', '#43', '#7'), { minLength: 1 }),
    change: fc.integer({ min: 1, max: 999 }),
    text,
    project: fc.constantFrom('app', 'api'),
    agent: fc.constantFrom('codex', 'claude-code', 'aider'),
    base: fc.constantFrom('main', 'release/2.x'),
    branch: fc.constantFrom('fix-it', 'ao/x'),
    model: fc.constantFrom('gpt-5', 'opus'),
    filter: fc.constantFrom(...statusFilters),
    kind: fc.constantFrom(...reactionKeys),
    lines: fc.integer({ min: 1, max: 9_999 }),
    choice: fc.integer({ min: 1, max: 99 }),
    method: fc.constantFrom('merge', 'squash', 'rebase'),
    when: fc.constant('green'),
    all: fc.constant(true),
    for: fc.constantFrom('90s', '30m', '90m', '2h', '36h', '3d', '1w'),
    until: fc.constantFrom('tomorrow 9am', 'monday', 'tonight', 'noon'),
    to: fc.constantFrom('telegram', 'slack', 'discord'),
    what: fc.constantFrom('merge', 'stop', 'approve'),
    since: fc.constantFrom('today', 'overnight', 'yesterday', 'last week', 'this morning', '36h'),
    schedule: fc.constantFrom('0 9 * * 1-5', '30 8 * * *'),
    about: fc.constantFrom('merge', 'stop', 'queue'),
    message: fc.constantFrom('app-3-m17', 'api-1-m2'),
    code: fc.constantFrom('ABCD2345', 'Z9Y8X7W6'),
    account: fc.constantFrom('slack', 'slack:U123', 'telegram:42'),
    general: fc.constant(true),
  }
  const people = fc.constantFrom('ana', 'bob', 'cy')
  const ofPeople: ReadonlySet<string> = new Set(['delegate to', 'who about'])
  const anyOf = ({ name }: Intent, slot: SlotName): fc.Arbitrary<unknown> => (ofPeople.has(`${name} ${slot}`) ? people : values[slot])

  const slotsOf = (intent: Intent, names: readonly SlotName[]): fc.Arbitrary<Slots> =>
    fc.record(Object.fromEntries(names.map((name) => [name, anyOf(intent, name)]))) as fc.Arbitrary<Slots> // each by its own name

  const comesBack = (intent: Intent, slots: Slots): boolean | null => {
    const sentence = sentenceOf(intent, slots)
    if (sentence === null) return null
    const { general, it, ...named } = slots
    const read = parse(sentence, intents, channel)
    return (
      JSON.stringify([read?.intent.name, sorted(read?.slots ?? {}), read?.isExact]) === JSON.stringify([intent.name, sorted(named), true])
    )
  }
  const sorted = (slots: Slots) => Object.entries(slots).sort(([one], [other]) => (one < other ? -1 : 1))

  /** What is written and read as something else, or as nothing: no button and no offer can say it. */
  const lost: ReadonlySet<string> = new Set(['tell project text', 'reject project text', 'move to', 'move project to'])
  /** A session has its own project, so nobody names one beside it. */
  const isSound = (names: readonly string[]): boolean =>
    !names.includes('project') || !['session', 'sessions', 'all'].some((name) => names.includes(name))
  const key = ({ name, takes }: Intent, names: readonly string[]): string =>
    [name, ...takes.filter((slot) => names.includes(slot))].join(' ')

  test('for any slots that an intent takes, where a form can say them', () => {
    let written = 0
    const any = fc
      .constantFrom(...intents)
      .chain((intent) => fc.subarray([...intent.takes]).chain((names) => slotsOf(intent, names).map((slots) => ({ intent, names, slots }))))
    fc.assert(
      fc.property(any, ({ intent, names, slots }) => {
        if (!isSound(names) || lost.has(key(intent, names))) return
        const isSame = comesBack(intent, slots)
        if (isSame !== null) written += 1
        expect(isSame, sentenceOf(intent, slots) ?? '').not.toBe(false)
      }),
      { numRuns: 4_000 },
    )
    expect(written).toBeGreaterThan(1_000)
  })

  test('what is known to be lost still is', () => {
    const found = intents.flatMap((intent) =>
      subsets(intent.takes)
        .filter(isSound)
        .flatMap((names) => {
          const all = fc.sample(slotsOf(intent, names), { numRuns: lost.has(key(intent, names)) ? 10 : 1, seed: 1 })
          return all.length > 0 && all.every((slots) => comesBack(intent, slots) === false) ? [key(intent, names)] : []
        }),
    )
    expect([...lost].filter((one) => !found.includes(one))).toEqual([])
  })

  /** What no form of its intent says: people say it in a phrase, and are offered a command that names the session. */
  const neverWritten: readonly string[] = [
    'tell task',
    'tell change',
    'tell project',
    'clear task',
    'clear change',
    'clear project',
    'who what',
    'cost general',
    'move task',
    'move change',
    'move project',
    'here task',
    'here change',
    'here project',
  ]

  test('every slot but a few has a form that says it', () => {
    const unsaid = intents.flatMap((intent) =>
      intent.takes
        .filter((slot) => {
          const withIt = subsets(intent.takes).filter((names) => names.includes(slot))
          return !withIt.some((names) =>
            fc.sample(slotsOf(intent, names), { numRuns: 1, seed: 1 }).some((slots) => comesBack(intent, slots)),
          )
        })
        .map((slot) => `${intent.name} ${slot}`),
    )
    expect(unsaid).toEqual(neverWritten)
  })

  const subsets = (names: readonly SlotName[]): readonly (readonly SlotName[])[] =>
    names.reduce<readonly (readonly SlotName[])[]>((all, name) => all.concat(all.map((some) => some.concat(name))), [[]])
})

describe('no order in a channel is', () => {
  const into = (text: string, where: number, sign: string): string => text.slice(0, where) + sign + text.slice(where)
  /** Every place within a word. */
  const insides = (text: string): readonly number[] =>
    Array.from({ length: text.length }, (_, index) => index).filter(
      (index) => /\S/.test(text[index - 1] ?? ' ') && /\S/.test(text[index] ?? ' ') && !/[\udc00-\udfff]/.test(text[index] ?? ''),
    )
  const hidden: readonly string[] = Array.from({ length: 0x110000 }, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))
    .filter((sign) => /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cc}]/u.test(sign) && !/[\t\n\r]/.test(sign))

  /** The sign that makes emoji of digits shows the very digit. */
  const isKeycap = (text: string, where: number, sign: string): boolean => sign === '\ufe0f' && /[#*\d]/.test(text[where - 1] ?? '')

  test('what hides a character, whichever and wherever', () => {
    expect(hidden.length).toBeGreaterThan(4_000)
    for (const text of ['stop app-3', 'merge it when green', 'fix #42', 'use api']) {
      const found = insides(text).flatMap((where) =>
        hidden
          .filter((sign) => !isKeycap(text, where, sign) && isOrder(into(text, where, sign)))
          .map((sign) => JSON.stringify(into(text, where, sign))),
      )
      expect(found).toEqual([])
    }
  })

  test('any exact command that hides one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...orderTexts), fc.nat(), fc.constantFrom(...hidden), (text, pick, sign) => {
        const all = insides(text).filter((where) => !isKeycap(text, where, sign))
        const where = all[pick % all.length]
        if (where !== undefined) expect(isOrder(into(text, where, sign)), into(text, where, sign)).toBe(false)
      }),
      { numRuns: 3_000 },
    )
  })

  const alike: Readonly<Record<string, string>> = {
    a: 'аα', b: 'Ьβ', c: 'сϲ', d: 'ԁδ', e: 'еε', g: 'ɡց', h: 'һн', i: 'іι', j: 'јϳ', k: 'кκ', l: 'ӏІ', m: 'мμ', n: 'пη', o: 'оο', p: 'рρ', q: 'ԛգ', r: 'гρ',
    s: 'ѕσ', t: 'тτ', u: 'υц', v: 'νѵ', w: 'ԝω', x: 'хχ', y: 'уγ', z: 'ᴢζ',
  } // biome-ignore format: the letters in their order

  test('what is spelled with letters that only look like its own; at most its words are offered as a task', () => {
    // A link leads where its end says, and what is passed on is passed on as it was said.
    const plain = orders.filter(
      ({ say, reading }) => reading.slots.text === undefined && !/:\/\/|^(?:tell|ask|answer|resend|reject)\b/i.test(say),
    )
    expect(plain.length).toBeGreaterThan(100)
    for (const { say, reading } of plain)
      for (const [where, letter] of [...say].entries()) {
        if (!/^[a-z0-9]$/i.test(letter)) continue
        const wide = String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0)
        for (const like of [...(alike[letter.toLowerCase()] ?? ''), wide]) {
          const text = [...say].with(where, like).join('')
          const read = understand(text, intents, channel)
          if (read.kind !== 'reading' || !changes(read.reading)) continue
          expect(read.reading.isExact, text).toBe(false)
          expect(reading.intent.risk === 'destroy' && !/[,.]/.test(say), text).toBe(false)
        }
      }
  })

  test.each<[string, (text: string) => string]>([
    ['quoted as a line', (text) => `> ${text}`],
    ['quoted behind a line', (text) => `look at this\n> ${text}`],
    ['between quotation marks', (text) => `"${text}"`],
    ['between quotation marks, with an end', (text) => `"${text}".`],
    ['between curly quotation marks', (text) => `“${text}”`],
    ['between German ones', (text) => `„${text}“`],
    ['between French ones', (text) => `«${text}»`],
    ['between single ones', (text) => `‘${text}’`],
    ['crossed out', (text) => `~~${text}~~`],
    ['crossed out, and polite', (text) => `please ~~${text}~~`],
    ['crossed out as in Slack', (text) => `~${text}~`],
    ['a block of code', (text) => `\`\`\`\n${text}\n\`\`\``],
    ['commented out', (text) => `<!-- ${text} -->`],
    ['a box to be ticked', (text) => `- [ ] ${text}`],
    ['told of somebody', (text) => `ana said "${text}"`],
    ['longer than any command, by blanks', (text) => text + ' '.repeat(4_000)],
    ['longer than any command, by politeness', (text) => 'please '.repeat(571) + text],
    ['longer than any command, by thanks', (text) => text + ' thanks'.repeat(571)],
  ])('what is %s', (_name, write) => {
    // An apostrophe or a quotation of its own would end the quotation.
    expect(orderTexts.filter((text) => !/["“”‘’'«»]/.test(text) && isOrder(write(text)))).toEqual([])
  })

  test.each(['not', "don't", 'do not', 'never', 'Please don’t', 'do never', "ao don't", 'you must not'])(
    'what is turned down: %s …',
    (no) => {
      expect(orderTexts.filter((text) => isOrder(`${no} ${text}`))).toEqual([])
    },
  )
})
