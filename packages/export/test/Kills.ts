/** How much is tried of exports that are killed: a little each time, all where `INTERCOM_TEST_KILLS` is set. */
export const often = process.env["INTERCOM_TEST_KILLS"] !== undefined

/** Of histories of kills, which the laws draw for every sink alike. */
export const some = { histories: often ? undefined : 6 }
