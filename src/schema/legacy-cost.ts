/** What every list of the legacy platform may cost beside its price (subscriber-api facts §3.6). */
export const ROUND_COUNT =
  'One more where the list ends at a round number of rows, because a silent cap cannot be told from the end.';
