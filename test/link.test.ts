import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import {
  findAccount,
  findDomain,
  isAccountNumber,
  isBeyondDoubt,
  linkEach,
  type Side,
  type Traits,
} from '../src/link.ts';

type Criterion = 'email' | 'extension';

interface Candidate extends Traits {
  readonly name: string;
}

const candidate = (name: string, extension: string | null, ...emails: readonly string[]): Candidate => ({
  name,
  extension,
  emails,
  mayLackZeros: false,
});

/** Somebody whose extension was sent as a number. */
const numbered = (name: string, extension: number, ...emails: readonly string[]): Candidate => ({
  ...candidate(name, String(extension), ...emails),
  mayLackZeros: true,
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

const side = (candidates: readonly Candidate[], uniqueBy: Criterion = 'email'): Side<Candidate> => ({
  people: candidates,
  traitsOf: (person) => person,
  uniqueBy,
  identify: ({ name }) => name,
});

const linkAll = (
  own: readonly Candidate[],
  others: readonly Candidate[],
  order: readonly Criterion[] = ['email', 'extension'],
) => linkEach(own, side(own), side(others), order);

const find = (
  traits: Pick<Traits, 'emails' | 'extension'>,
  order: readonly Criterion[] = ['email', 'extension'],
) => linkAll([{ name: 'own', mayLackZeros: false, ...traits }], people, order)[0];

const linkedTo = (name: string) =>
  expect.objectContaining({ kind: 'linked', model: expect.objectContaining({ name }) });

/** The names of those that each is linked to, or else what kind of nothing it is. */
const namesOf = (links: ReturnType<typeof linkAll>) =>
  links.map((link) => (link.kind === 'linked' ? link.model.name : link.kind));

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
    ['an extension with zeros', { emails: [], extension: '0012' }, 'zero'],
  ])('finds somebody by %s', (_what, traits, name) => {
    expect(find(traits)).toEqual(linkedTo(name));
  });

  it.each([
    ['nothing to go by', { emails: [], extension: null }],
    ['an unknown address and extension', { emails: ['nobody@example.test'], extension: '7777' }],
    ['a part of an extension', { emails: [], extension: '100' }],
    ['an extension that differs in zeros', { emails: [], extension: '12' }],
    ['an extension with more zeros', { emails: [], extension: '00012' }],
    ['a part of an address', { emails: ['ada@example'], extension: null }],
    ['an empty address', { emails: [''], extension: null }],
  ])('finds nobody by %s', (_what, traits) => {
    expect(find(traits)).toEqual({ kind: 'none' });
  });

  it('takes the one of several whom the next criterion finds too, and nobody where it does not decide', () => {
    const emails = ['reception@example.test'];
    const ambiguous = { kind: 'ambiguous', criterion: 'email', count: 2 };
    expect(find({ emails, extension: '900' })).toEqual(linkedTo('desk'));
    expect(find({ emails, extension: '900' }, ['email'])).toEqual(ambiguous);
    expect(find({ emails, extension: '1001' })).toEqual(ambiguous);
    expect(find({ emails, extension: null })).toEqual(ambiguous);
  });

  it('takes nobody where two addresses lead to two people', () => {
    expect(find({ emails: ['ada@example.test', 'ben@example.test'], extension: null })).toEqual({
      kind: 'ambiguous',
      criterion: 'email',
      count: 2,
    });
  });

  it('tells extensions apart that differ in zeros', () => {
    const pair = [candidate('short', '12'), candidate('long', '0012')];
    expect(namesOf(linkAll(pair, pair))).toEqual(['short', 'long']);
  });

  it('leaves zeros aside where an extension was sent as a number', () => {
    expect(namesOf(linkAll([candidate('own', '0012')], [numbered('row', 12)]))).toEqual(['row']);
    expect(namesOf(linkAll([numbered('row', 12)], [candidate('own', '0012')]))).toEqual(['own']);
    expect(namesOf(linkAll([candidate('own', '0')], [numbered('row', 0), candidate('void', null)]))).toEqual([
      'row',
    ]);
  });

  it('prefers the extension that is known to the digit to a number', () => {
    const rows = [numbered('number', 12), candidate('text', '0012')];
    expect(namesOf(linkAll([candidate('own', '0012')], rows))).toEqual(['text']);
  });

  it('takes nobody where a number could be two, on either side', () => {
    const pair = [candidate('short', '12'), candidate('long', '0012')];
    const ambiguous = { kind: 'ambiguous', criterion: 'extension', count: 2 };
    const contested = { kind: 'contested', criterion: 'extension' };
    expect(linkAll([numbered('row', 12)], pair)).toEqual([ambiguous]);
    expect(linkAll(pair, [numbered('row', 12)])).toEqual([contested, contested]);
    const rows = [numbered('one', 12), numbered('other', 12)];
    expect(linkAll([candidate('own', '0012')], rows)).toEqual([ambiguous]);
    expect(linkAll(rows, [candidate('own', '0012')])).toEqual([contested, contested]);
  });
});

describe('a link', () => {
  it.each([
    [
      'address',
      candidate('one', null, 'ada@example.test'),
      candidate('two', null, 'ADA@example.test'),
      'email',
    ],
    ['extension', candidate('one', '1001'), candidate('two', '1001'), 'extension'],
  ])("is nobody's where two have one %s", (_what, one, two, criterion) => {
    const contested = { kind: 'contested', criterion };
    expect(linkAll([one, candidate('ben', '1002'), two], people)).toEqual([
      contested,
      linkedTo('ben'),
      contested,
    ]);
  });

  it('is that of the earlier criterion where two have different ones', () => {
    const own = [candidate('by extension', '1001'), candidate('by address', '7', 'ada@example.test')];
    expect(namesOf(linkAll(own, people))).toEqual(['contested', 'ada']);
    expect(namesOf(linkAll(own, people, ['extension', 'email']))).toEqual(['ada', 'contested']);
  });

  it('is not left to the second best where the best is somebody else’s', () => {
    const own = [candidate('old', '1001', 'old@example.test'), candidate('new', '7', 'ada@example.test')];
    expect(namesOf(linkAll(own.slice(0, 1), people))).toEqual(['ada']);
    expect(namesOf(linkEach(own.slice(0, 1), side(own), side(people), ['email', 'extension']))).toEqual([
      'contested',
    ]);
  });

  it('is the same for one person who is asked for twice', () => {
    const own = [candidate('one', '1001'), candidate('one', '1001'), candidate('one', '1001')];
    expect(namesOf(linkAll(own, people))).toEqual(['ada', 'ada', 'ada']);
  });
});

describe('links in any world', () => {
  const emails = ['a@example.test', 'b@example.test', 'c@example.test'];
  const extensions = ['1', '2', '01'];
  /** Users: each e-mail address is that of one. */
  const users = fc
    .uniqueArray(
      fc.record({
        email: fc.option(fc.constantFrom(...emails), { nil: null }),
        extension: fc.option(fc.constantFrom(...extensions), { nil: null }),
        name: fc.uuid(),
      }),
      { maxLength: 5, selector: ({ email, name }) => email ?? name },
    )
    .map((list) =>
      list.map(({ email, extension, name }) =>
        candidate(name, extension, ...(email === null ? [] : [email])),
      ),
    );
  /** Subscribers: each extension is that of one, but for zeros that were lost. */
  const subscribers = fc.uniqueArray(
    fc
      .record({
        emails: fc.uniqueArray(fc.constantFrom(...emails), { maxLength: 2 }),
        extension: fc.constantFrom(...extensions),
        mayLackZeros: fc.boolean(),
      })
      .map((traits) => ({ ...traits, name: `${traits.extension} ${String(traits.mayLackZeros)}` })),
    { maxLength: 5, selector: ({ name }) => name },
  );
  const order = fc.constantFrom<readonly Criterion[]>(
    ['email', 'extension'],
    ['extension', 'email'],
    ['email'],
    ['extension'],
  );

  it('do not depend on who is asked for where they are beyond doubt, nor in a world that is read whole', () => {
    const check = (own: Side<Candidate>, others: Side<Candidate>, by: readonly Criterion[]) => {
      const whole = linkEach(own.people, own, others, by);
      own.people.forEach((person, index) => {
        expect(linkEach([person], own, others, by)).toEqual([whole[index]]);
        const [alone] = linkEach([person], { ...own, people: [] }, others, by);
        const isSure = alone?.kind !== 'linked' || isBeyondDoubt(person, alone.model, own, others, by);
        expect(isSure ? alone : whole[index]).toEqual(whole[index]);
      });
    };
    fc.assert(
      fc.property(users, subscribers, order, (ours, theirs, by) => {
        check(side(ours), side(theirs, 'extension'), by);
        check(side(theirs, 'extension'), side(ours), by);
      }),
      { numRuns: 3000 },
    );
  });

  it('lead back to where they come from', () => {
    fc.assert(
      fc.property(users, subscribers, order, (ours, theirs, by) => {
        const forth = linkEach(ours, side(ours), side(theirs, 'extension'), by);
        const back = linkEach(theirs, side(theirs, 'extension'), side(ours), by);
        const pairs = forth.flatMap((link, index) =>
          link.kind === 'linked' ? [`${ours[index]?.name} is ${link.model.name}`] : [],
        );
        const returned = back.flatMap((link, index) =>
          link.kind === 'linked' ? [`${link.model.name} is ${theirs[index]?.name}`] : [],
        );
        expect(pairs.toSorted()).toEqual(returned.toSorted());
      }),
      { numRuns: 3000 },
    );
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
