import type { ChatKind } from './contracts/chat.ts'

/** The chats that the config can name besides the console. */
export const chatKinds: Readonly<Record<string, ChatKind>> = {}
