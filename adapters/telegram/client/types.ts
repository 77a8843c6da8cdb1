import type * as telegram from 'grammy/types'

/** What Telegram says, in the words of the Bot API. */
export type Update = telegram.Update
export type Message = telegram.Message
export type CallbackQuery = telegram.CallbackQuery
export type Entity = telegram.MessageEntity
export type Chat = telegram.Chat

/** What we send. */
export type Formatting = {
  readonly type: 'bold' | 'italic' | 'strikethrough' | 'code' | 'pre' | 'blockquote'
  readonly offset: number
  readonly length: number
  readonly language?: string
}
export type Keyboard = { text: string; callback_data: string; style?: 'danger' }[][]
