/** Totals that an audit or a repair lists, of rollups and of later totals each: all of a large ledger need its memory. */
export const MAX_LISTED = 100;
