/** The files of aider in the folder of its session. */
export const placesIn = (folder: string, conversation: string | null = null) =>
  ({
    chat: `${folder}/${conversation ?? chatName}`,
    events: `${folder}/aider.events.jsonl`,
    input: `${folder}/aider.input.history`,
    instructions: `${folder}/aider.instructions.md`,
    prompt: `${folder}/aider.prompt.md`,
  }) as const

/** What its conversation is called: the name of its chat history, which is all there is to take it up. */
export const chatName = 'aider.chat.md'
