import { currentChange } from '../../core/contracts/session.ts'
import { nearest } from '../../core/kit/text.ts'
import type { Place } from '../contracts/inbound.ts'
import { type Context, type Intent, statusFilters } from '../contracts/intent.ts'
import type { Reads } from '../contracts/reads.ts'
import type { Memory } from '../memory/chat.ts'

/** What is known where something was said. */
export const contextOf = (
  place: Place,
  {
    memory,
    reads,
  }: { readonly memory: Pick<Memory, 'sessionAt' | 'placeOf'>; readonly reads: Pick<Reads, 'sessions' | 'ended' | 'projects' | 'agents'> },
): Context => {
  const thread = memory.sessionAt(place)
  const live = reads.sessions()
  const here = live.filter(({ id }) => memory.placeOf(id)?.channel === place.channel && memory.placeOf(id)?.platform === place.platform)
  const only = thread ?? (here.length === 1 ? (here[0]?.id ?? null) : null)
  const projects = reads.projects().map(({ name }) => name)
  const session = live.find(({ id }) => id === only)
  return {
    thread,
    only,
    isAsking: session?.asked?.state === 'asked',
    project: session && thread ? session.project : projects.length === 1 ? (projects[0] ?? null) : null,
    projects,
    agents: reads.agents(),
    sessions: [...reads.ended(), ...live].map((one) => ({
      id: one.id,
      project: one.project,
      task: one.task.key,
      change: currentChange(one)?.number ?? null,
    })),
  }
}

const nod = '(?:thanks|thank you|thx|ty|cheers|nice|great|cool|awesome|perfect|good job|well done|ok|okay|lol|wow)'
const thanks = new RegExp(`^${nod}(?:[\\s!.,]+${nod})*[\\s!.,]*$`, 'i')

/** Thanks, a nod or an emoji: said to be polite, not to be done. */
export const isSmallTalk = (text: string): boolean => {
  const trimmed = text.trim()
  return (
    thanks.test(trimmed) ||
    (trimmed.length < 20 && /^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u.test(trimmed) && !/\d/.test(trimmed))
  )
}

/** The command somebody may have meant, as a whole sentence that works; null when nothing is near. */
export const suggest = (text: string, intents: readonly Intent[]): string | null => {
  const [word = ''] = text.trim().replace(/^[!/]/, '').split(/\s+/)
  // Names before first words: of two that are as near, the name is meant. Answers are said only where something is asked.
  const sentences = new Map(intents.map(({ name, examples }) => [name, examples[0]?.say ?? name]))
  for (const { say } of intents.flatMap(({ examples }) => examples.filter((example) => example.in !== 'asking'))) {
    const first = say.split(' ', 1)[0] ?? say
    if (!sentences.has(first)) sentences.set(first, say)
  }
  const near = nearest(word, [...sentences.keys()])
  return near === null ? null : (sentences.get(near) ?? null)
}

/** What may be typed next: commands, and what fills the first blank of the one that was typed. */
export const complete = (text: string, intents: readonly Intent[], { sessions, projects, thread }: Context): readonly string[] => {
  const commands = intents.map(({ name }) => name)
  const space = text.lastIndexOf(' ')
  if (space === -1) return thread === null || text !== '' ? commands.filter((name) => name.startsWith(text.toLowerCase())) : []
  const head = text.slice(0, space + 1)
  const last = text.slice(space + 1).toLowerCase()
  const [command = ''] = head.toLowerCase().split(' ')
  const forms = (intents.find(({ name }) => name === command)?.forms ?? []).map((form) => (typeof form === 'string' ? form : form.form))
  const takes = (blank: string): boolean => forms.some((form) => form.includes(blank))
  const words =
    head.trim().length === command.length
      ? [
          ...(takes('{session}') ? sessions.map(({ id }) => id) : []),
          ...(forms.some((form) => / \{project\}$/.test(form) && !form.includes(' in {')) ? projects : []),
          ...(takes('{filter}') ? statusFilters : []),
          ...(takes('{topic}') ? commands : []),
        ]
      : head.endsWith(' in ') && takes(' in {project}')
        ? projects
        : []
  return words.filter((word) => word.startsWith(last)).map((word) => head + word)
}
