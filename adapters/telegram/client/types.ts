import type * as telegram from 'grammy/types'

/** What Telegram says, in the words of the Bot API. */
export type Update = telegram.Update
export type Message = telegram.Message
export type CallbackQuery = telegram.CallbackQuery
export type MessageReaction = telegram.MessageReactionUpdated
export type Entity = telegram.MessageEntity
export type Chat = telegram.Chat

/** What we send. */
export type Formatting = {
  readonly type: 'bold' | 'italic' | 'strikethrough' | 'code' | 'pre' | 'blockquote'
  readonly offset: number
  readonly length: number
  readonly language?: string
}
/** Somebody who is called, by their number. https://core.telegram.org/bots/api#messageentity */
export type Mentioned = {
  readonly type: 'text_mention'
  readonly offset: number
  readonly length: number
  readonly user: { readonly id: number }
}
export type Keyboard = { text: string; callback_data: string; style?: 'danger' }[][]
