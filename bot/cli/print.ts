import { createColors } from 'picocolors'
import wrapAnsi from 'wrap-ansi'

/** Writes a line for a person, broken between words where a terminal is too narrow for it. */
export const print = (line: string): void =>
  void process.stdout.write(`${process.stdout.isTTY ? wrapAnsi(line, process.stdout.columns ?? 80, { trim: false }) : line}\n`)
/** Writes a line about something that went wrong. */
export const printError = (line: string): void => void process.stderr.write(`${line}\n`)

const { bold, dim, green, red, yellow, cyan } = createColors(process.stdout.isTTY === true && process.env.NO_COLOR === undefined)

/** Colours, on a terminal only. */
export const ink = { bold, dim, good: green, bad: red, warn: yellow, words: cyan }
