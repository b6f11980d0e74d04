/** The columns of a number of a dial plan (facts §5.13); owned by `to_user` at `to_host`. */
export const phoneNumberColumns = [
  'matchrule',
  'dialplan',
  'enable',
  'to_user',
  'to_host',
  'responder',
  'plan_description',
  'tod_from',
  'tod_to',
  'dow',
  'valid_from',
  'valid_to',
] as const;

export type PhoneNumberRecord = Readonly<Record<(typeof phoneNumberColumns)[number], string>>;

/** The one dial plan that holds the numbers people are called on. */
export const DID_TABLE = 'DID Table';

export const toMatchrule = (digits: string): string => `sip:${digits}@*`;
