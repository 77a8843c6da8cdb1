import type { Block, RichWord } from './shapes.ts'

/** Blocks as people read them. What would ping or link is shown as `⟦…⟧`, so that a test sees it. */
export const showBlocks = (blocks: readonly Block[]): string => blocks.flatMap(showBlock).join('\n')

/** The labels of the buttons, in order. */
export const buttonsOf = (
  blocks: readonly Block[],
): readonly { readonly label: string; readonly id: string; readonly isRisky: boolean }[] =>
  blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.map(({ text, action_id, style }) => ({ label: text.text, id: action_id, isRisky: style === 'danger' }))
      : [],
  )

/** Text in Slack's own markup as it is shown: entities undone, what pings or links marked. */
export const showMarkup = (text: string): string =>
  text
    .replace(/<([@#!]|https?:|mailto:)([^>]*)>/g, (_, sort: string, rest: string) => `⟦${sort}${rest}⟧`)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

const showBlock = (block: Block): readonly string[] => {
  switch (block.type) {
    case 'rich_text':
      return block.elements.map((part) =>
        part.type === 'rich_text_list'
          ? part.elements.map(({ elements }) => `• ${elements.map(showWord).join('')}`).join('\n')
          : part.elements.map(showWord).join('').replace(/\n$/, ''),
      )
    case 'section':
      return [block.text.type === 'mrkdwn' ? showMarkup(block.text.text) : block.text.text]
    case 'header':
      return [block.text.text]
    case 'context':
      return block.elements.map((text) => (text.type === 'mrkdwn' ? showMarkup(text.text) : text.text))
    default:
      return []
  }
}

const showWord = (word: RichWord): string => {
  switch (word.type) {
    case 'text':
      return word.text
    case 'link':
      return `⟦${word.url}⟧`
    case 'emoji':
      return `:${word.name}:`
    case 'user':
      return `⟦@${word.user_id}⟧`
    case 'broadcast':
      return `⟦!${word.range}⟧`
  }
}
