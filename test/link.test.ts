import { describe, expect, it } from 'vitest';
import { createLinker, findAccount, findDomain, isAccountNumber, type Traits } from '../src/link.ts';

interface Candidate extends Traits {
  readonly name: string;
}

const candidate = (name: string, extension: string | null, ...emails: readonly string[]): Candidate => ({
  name,
  extension,
  emails,
});

const people = [
  candidate('ada', '1001', 'ada@example.test'),
  candidate('ben', '1002', 'Ben@Example.TEST ', 'ben.home@example.test'),
  candidate('zero', '0012'),
  candidate('twelve', '112'),
  candidate('desk', '900', 'reception@example.test'),
  candidate('relief', '901', 'reception@example.test'),
  candidate('void', null),
];

const find = (traits: Traits, order: readonly ('email' | 'extension')[] = ['email', 'extension']) =>
  createLinker(people, (person) => person, order)(traits);

const linkedTo = (name: string) => ({ kind: 'linked', model: expect.objectContaining({ name }) });

describe('a linker', () => {
  it.each([
    ['an e-mail address', { emails: ['ada@example.test'], extension: null }, 'ada'],
    ['an e-mail address in other letters', { emails: [' BEN@example.test'], extension: null }, 'ben'],
    [
      'the second of two addresses',
      { emails: ['nobody@example.test', 'ben.home@example.test'], extension: null },
      'ben',
    ],
    [
      'two addresses of one person',
      { emails: ['ben@example.test', 'ben.home@example.test'], extension: null },
      'ben',
    ],
    ['an address rather than an extension', { emails: ['ada@example.test'], extension: '1002' }, 'ada'],
    [
      'an extension where the address finds nobody',
      { emails: ['nobody@example.test'], extension: '1002' },
      'ben',
    ],
    ['an extension where there is no address', { emails: [], extension: '1001' }, 'ada'],
    ['an extension that has lost its zeros', { emails: [], extension: '12' }, 'zero'],
    ['an extension that has kept its zeros', { emails: [], extension: '0012' }, 'zero'],
  ])('finds somebody by %s', (_what, traits, name) => {
    expect(find(traits)).toEqual(linkedTo(name));
  });

  it.each([
    ['nothing to go by', { emails: [], extension: null }],
    ['an unknown address and extension', { emails: ['nobody@example.test'], extension: '7777' }],
    ['a part of an extension', { emails: [], extension: '100' }],
    ['a part of an address', { emails: ['ada@example'], extension: null }],
    ['an empty address', { emails: [''], extension: null }],
  ])('finds nobody by %s', (_what, traits) => {
    expect(find(traits)).toEqual({ kind: 'none' });
  });

  it('takes nobody where several match, even if the next criterion would decide', () => {
    const traits = { emails: ['reception@example.test'], extension: '900' };
    expect(find(traits)).toEqual({ kind: 'ambiguous', criterion: 'email', count: 2 });
    expect(find(traits, ['extension', 'email'])).toEqual(linkedTo('desk'));
    expect(find(traits, ['extension'])).toEqual(linkedTo('desk'));
  });

  it('takes nobody where two addresses lead to two people', () => {
    expect(find({ emails: ['ada@example.test', 'ben@example.test'], extension: null })).toEqual({
      kind: 'ambiguous',
      criterion: 'email',
      count: 2,
    });
  });

  it('prefers the extension as it is to one that differs in zeros', () => {
    const pair = [candidate('short', '12'), candidate('long', '0012')];
    const link = createLinker(pair, (person) => person, ['extension']);
    expect(link({ emails: [], extension: '12' })).toEqual(linkedTo('short'));
    expect(link({ emails: [], extension: '0012' })).toEqual(linkedTo('long'));
    expect(link({ emails: [], extension: '012' })).toEqual({
      kind: 'ambiguous',
      criterion: 'extension',
      count: 2,
    });
  });

  it('keeps an extension of nothing but zeros apart from none', () => {
    const link = createLinker([candidate('operator', '0'), candidate('void', null)], (person) => person, [
      'extension',
    ]);
    expect(link({ emails: [], extension: '000' })).toEqual(linkedTo('operator'));
    expect(link({ emails: [], extension: null })).toEqual({ kind: 'none' });
  });
});

describe('the pairs of accounts and domains', () => {
  const guid = '0000000a-5eed-4000-8000-00000000000b';
  const pairs = [
    { account: guid, domain: 'acme.12345.service' },
    { account: '200300400', domain: 'globex.67890.service' },
  ];

  it('lead from an account to its domain', () => {
    expect(findDomain(pairs, { id: guid.toUpperCase(), number: null })).toBe('acme.12345.service');
    expect(findDomain(pairs, { id: 'another', number: '200300400' })).toBe('globex.67890.service');
    expect(findDomain(pairs, { id: 'another', number: null })).toBeNull();
    expect(findDomain([], { id: guid, number: '200300400' })).toBeNull();
  });

  it('lead from a domain to its account', () => {
    expect(findAccount(pairs, 'ACME.12345.service')).toBe(guid);
    expect(findAccount(pairs, 'globex.67890.service')).toBe('200300400');
    expect(findAccount(pairs, 'other.12345.service')).toBeNull();
  });

  it('tell a number from a GUID', () => {
    expect([isAccountNumber('200300400'), isAccountNumber(guid), isAccountNumber('2003004000')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
