/** The columns of a contact (facts §5.7). */
export const contactColumns = [
  'contact_id',
  'domain',
  'user',
  'first_name',
  'middle_name',
  'last_name',
  'company',
  'work_phone',
  'cell_phone',
  'home_phone',
  'fax',
  'email',
  'tags',
  'ts',
  'shared',
] as const;

export type ContactRecord = Readonly<Record<(typeof contactColumns)[number], string>>;

/** The owner of the contacts that a whole domain shares. */
export const SHARED_OWNER = 'domain';

type Given = Partial<ContactRecord> & Pick<ContactRecord, 'contact_id' | 'domain' | 'user' | 'ts'>;

export const newContact = (given: Given): ContactRecord => ({
  first_name: '',
  middle_name: '',
  last_name: '',
  company: '',
  work_phone: '',
  cell_phone: '',
  home_phone: '',
  fax: '',
  email: '',
  tags: '',
  shared: given.user === SHARED_OWNER ? 'yes' : 'no',
  ...given,
});
