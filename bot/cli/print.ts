import wrapAnsi from 'wrap-ansi'
import { bold, cyan, dim, green, red, yellow } from 'yoctocolors'

/** Writes a line for a person, broken between words where a terminal is too narrow for it. */
export const print = (line: string): void =>
  void process.stdout.write(`${process.stdout.isTTY ? wrapAnsi(line, process.stdout.columns ?? 80, { trim: false }) : line}\n`)
/** Writes a line about something that went wrong. */
export const printError = (line: string): void => void process.stderr.write(`${line}\n`)

const isColoured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined
const paint =
  (colour: (text: string) => string) =>
  (text: string): string =>
    isColoured ? colour(text) : text

/** Colours, on a terminal only. */
export const ink = { bold: paint(bold), dim: paint(dim), good: paint(green), bad: paint(red), warn: paint(yellow), words: paint(cyan) }
