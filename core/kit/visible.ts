import { plain } from './text.ts'

/**
 * A text with nothing in it that people cannot see: no control characters, nothing that changes the reading direction, no
 * invisible characters, no halves of a character. What joins an emoji or the letters of a script that needs it stays.
 */
export const visible = (text: string): string =>
  plain(text)
    .replace(/[\u2028\u2029]/g, '\n')
    .replace(invisible, '')
    .replace(/\p{Cs}/gu, '\ufffd')

// Emoji: a joiner between two pictures (which may carry a skin tone or a variation selector), a variation selector right after
// a character that has an emoji form, and the three flags that are spelled in tags (England, Scotland, Wales). Scripts: a
// joiner or non-joiner between letters of Arabic and Indic scripts, where it changes the word.
// U+FFF9–FFFB and U+2028/2029 are format characters without the "ignorable" property.
const invisible = new RegExp(
  [
    '(?!(?<=\\p{ExtPict}[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?)\\u200d(?=\\p{ExtPict}))',
    '(?!(?<=[\\p{Emoji}])[\\ufe0e\\ufe0f])',
    '(?!(?<=[\\p{Script=Arabic}\\u0900-\\u0dff])[\\u200c\\u200d](?=[\\p{Script=Arabic}\\u0900-\\u0dff]))',
    '(?!(?:(?<=\\u{1f3f4})|(?<=\\u{1f3f4}[\\u{e0061}-\\u{e007a}]{1,5}))[\\u{e0061}-\\u{e007f}])',
    '[\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb]',
  ].join(''),
  'gu',
)
