/** What a mailbox and a domain keep as sound; the columns are those that apps show (facts §5.10). */
export const audioColumns = [
  'index',
  'owner',
  'owner_domain',
  'type',
  'filename',
  'time',
  'duration',
  'size',
  'from_user',
  'from_name',
  'transcription',
  'play',
] as const;

/** As it is kept: the link is signed anew for each read. */
export type AudioRecord = Readonly<Record<Exclude<(typeof audioColumns)[number], 'play'>, string>>;

export const audioTypes: readonly string[] = ['moh', 'greeting', 'vmail/new', 'vmail/save', 'trash'];

export const toAudioKey = (domain: string, index: string): string => `${domain.toLowerCase()} ${index}`;
