/** What decides the samples of a run, and how many there are, unless said otherwise. */

/** Decides every sample. */
export const defaultSeed = 20_261_122
/** Samples of each property. */
export const defaultRuns = 50
