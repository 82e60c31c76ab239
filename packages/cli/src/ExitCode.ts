/** The exit codes of the command. */

/** Complete, with drift or without. */
export const complete = 0
/** Failed; an export is resumed by the same command, unless its message says otherwise. Other resources are done. */
export const failed = 1
/** Complete, but for records that were set apart, or that the API counted and did not give, or gave twice. */
export const incomplete = 2
/** The command line or the environment is wrong; nothing was done. */
export const usage = 64
/** Stopped by Ctrl-C; an export is resumed by the same command. */
export const interrupted = 130

export type ExitCode = typeof complete | typeof failed | typeof incomplete | typeof usage | typeof interrupted
