/** What the command tells the shell. */

/** Complete. */
export const complete = 0
/** Failed; an export is resumed by the same command, unless its message says otherwise. */
export const failed = 1
/** Complete, but for records that did not fit their schema: they are in the quarantine. */
export const quarantined = 2
/** The command line or the environment is wrong; nothing was done. */
export const usage = 64
/** Stopped by Ctrl-C; an export is resumed by the same command. */
export const interrupted = 130

export type ExitCode = typeof complete | typeof failed | typeof quarantined | typeof usage | typeof interrupted
