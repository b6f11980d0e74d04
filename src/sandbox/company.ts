/**
 * The company both platforms are seeded with: the same people, ids and oddities on every start.
 * Names and numbers are invented; the secrets are canaries, made to be found if they ever leak.
 */

export const PARTNER_ID = '400100200';
/** The password of every login, on both platforms. */
export const PASSWORD = 'sandbox-password';
/** The one client of both platforms. */
export const CLIENT = { id: 'sandbox-client', secret: 'sandbox-secret' } as const;
/** The second factor of whoever has one. */
export const PASSCODE = '123456';
/** Every seeded secret that a record carries contains this text. */
export const CANARY = 'canary';
/** Voicemail PINs are digits, so their canary is a run of digits found nowhere else. */
export const CANARY_PIN = '90817263';

export interface Company {
  readonly accounts: readonly CompanyAccount[];
  readonly people: readonly Person[];
  /** How many finished calls each account has; `company-call.ts` tells them. */
  readonly calls: number;
}

export interface CompanyAccount {
  readonly accountId: string;
  readonly accountNumber: string;
  readonly name: string;
  readonly country: string;
  readonly city: string;
  readonly postalCode: string;
  readonly timeZone: string;
  /** The tenant on the legacy side, and the reseller it belongs to. */
  readonly domain: string;
  readonly territory: string;
  readonly mainNumber: string;
  readonly areaCode: string;
  readonly sites: readonly string[];
  readonly departments: readonly string[];
}

export interface Person {
  /** CloudLink's user id. */
  readonly userId: string;
  readonly accountId: string;
  readonly domain: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly extension: string;
  readonly department: string;
  readonly site: string;
  readonly mobile: string;
  /** As CloudLink writes it; absent for somebody whom only the legacy side knows. */
  readonly cloudlink?: {
    readonly email: string;
    readonly extension: string;
    readonly role: string;
    readonly login: boolean;
  };
  /** As the legacy side writes it; absent for somebody whom only CloudLink knows. */
  readonly legacy?: {
    readonly email: string;
    readonly login: string;
    readonly scope: string;
    readonly secondFactor: boolean;
    readonly message: string;
    readonly presence: string;
  };
}

/** A GUID that is the same on every start: `kind` tells accounts, users and the rest apart. */
export const guid = (kind: number, index: number): string => {
  const hex = (value: number, width: number) => value.toString(16).padStart(width, '0');
  return `${hex(kind, 8)}-5eed-4000-8000-${hex(index, 12)}`;
};

const acme: CompanyAccount = {
  accountId: guid(1, 1),
  accountNumber: '100200300',
  name: 'Acme Ltd',
  country: 'US',
  city: 'New York',
  postalCode: '10001',
  timeZone: 'US/Eastern',
  domain: 'acme.12345.service',
  territory: '12345',
  mainNumber: '12125550100',
  areaCode: '212',
  sites: ['Harbour', 'Uptown'],
  departments: ['Sales', 'Support', 'Engineering', 'Finance'],
};

const globex: CompanyAccount = {
  accountId: guid(1, 2),
  accountNumber: '200300400',
  name: 'Globex GmbH',
  country: 'DE',
  city: 'Berlin',
  postalCode: '10115',
  timeZone: 'Europe/Berlin',
  domain: 'globex.67890.service',
  territory: '67890',
  mainNumber: '493055501000',
  areaCode: '303',
  sites: ['Mitte'],
  departments: ['Vertrieb', 'Technik'],
};

/** What makes somebody more than an ordinary row. Names are `First Last`, split at the first blank. */
interface Sketch {
  readonly name: string;
  readonly extension?: string;
  readonly email?: string;
  readonly role?: string;
  readonly scope?: string;
  /** The e-mail the legacy side has, where it is not the same. */
  readonly legacyEmail?: string;
  /** The extension CloudLink has, where it is not the same. */
  readonly cloudlinkExtension?: string;
  readonly site?: string;
  readonly message?: string;
  readonly presence?: string;
  readonly secondFactor?: boolean;
  readonly login?: boolean;
  readonly only?: 'cloudlink' | 'legacy';
}

const acmeSketches: readonly Sketch[] = [
  { name: 'Ada Example', email: 'ada@example.test', role: 'ACCOUNT_ADMIN', scope: 'Office Manager' },
  { name: 'Ben Carter', message: 'Back at two', presence: 'inuse' },
  { name: 'Chloe Martin', legacyEmail: 'Chloe.Martin@Example.TEST', secondFactor: true },
  { name: 'Dmitri Volkov', legacyEmail: '' },
  {
    name: 'Zoë Ångström-Müller',
    email: 'zoe@example.test',
    message: 'Glück & Grüße; 100 % da',
    presence: 'alerting',
  },
  { name: '太郎 山田', email: 'taro.yamada@example.test', presence: 'held' },
  { name: 'Leading Zero', extension: '0012', legacyEmail: '' },
  { name: 'Nora McDonald', site: 'n/a' },
  { name: 'Oscar Lind', login: false },
  { name: 'Front Desk', extension: '900', email: 'reception@example.test' },
  { name: 'Front Relief', extension: '901', legacyEmail: 'reception@example.test', only: 'legacy' },
  {
    name: 'Priya Nair',
    legacyEmail: 'priya.nair@example.test;priya.home@example.test',
    cloudlinkExtension: '',
  },
  { name: 'Quentin Desk', only: 'legacy', scope: 'Call Center Agent', presence: 'closed' },
  { name: 'Ruth Remote', only: 'cloudlink', cloudlinkExtension: '' },
  { name: 'Sam Softphone', only: 'cloudlink', cloudlinkExtension: '' },
  { name: 'Tess Supervisor', scope: 'Call Center Supervisor', presence: 'progressing' },
  { name: 'Uma Site', scope: 'Site Manager' },
  { name: 'Victor Newscope', scope: 'Wallboard Viewer' },
];

const globexSketches: readonly Sketch[] = [
  { name: 'Grace Muster', email: 'grace@example.test', role: 'ACCOUNT_ADMIN', scope: 'Office Manager' },
  { name: 'Heinz Becker' },
  { name: 'Ines König', message: 'Im Homeoffice' },
  { name: 'Jonas Weber', extension: '1002' },
  { name: 'Klara Vogt', site: 'n/a' },
  { name: 'Lukas Brandt', only: 'legacy' },
  {
    name: 'Partner Admin',
    email: 'partner@example.test',
    role: 'PARTNER_ADMIN',
    only: 'cloudlink',
    cloudlinkExtension: '',
  },
];

const firstNames = [
  'Alex',
  'Bianca',
  'Carl',
  'Dana',
  'Emil',
  'Fiona',
  'Gabriel',
  'Hannah',
  'Ivan',
  'Julia',
  'Karim',
];
const lastNames = ['Archer', 'Baker', 'Cooper', 'Dyer', 'Fletcher', 'Glover', 'Hooper', 'Inman', 'Joiner'];

/** An ordinary person by number; the name repeats only after 99 of them and then carries the number. */
const filler = (index: number): Sketch => {
  const round = Math.floor(index / (firstNames.length * lastNames.length));
  const first = firstNames[index % firstNames.length] ?? '';
  const last = lastNames[index % lastNames.length] ?? '';
  return { name: `${first} ${last}${round === 0 ? '' : String(round)}` };
};

const presences = ['open', 'inuse', 'open', 'closed'];

const asAddress = (first: string, last: string) =>
  `${first}.${last}@example.test`
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z0-9.@-]/g, '');

const toPerson = (account: CompanyAccount, sketch: Sketch, index: number, base: number): Person => {
  const blank = sketch.name.indexOf(' ');
  const firstName = sketch.name.slice(0, blank);
  const lastName = sketch.name.slice(blank + 1);
  const extension = sketch.extension ?? String(base + index + 1);
  const email = sketch.email ?? asAddress(firstName, lastName);
  return {
    userId: guid(account === acme ? 2 : 3, index + 1),
    accountId: account.accountId,
    domain: account.domain,
    firstName,
    lastName,
    extension,
    department: account.departments[index % account.departments.length] ?? '',
    site: sketch.site ?? account.sites[index % account.sites.length] ?? '',
    mobile: `+1555${String(1_000_000 + base + index)}`,
    ...(sketch.only !== 'legacy' && {
      cloudlink: {
        email,
        extension: sketch.cloudlinkExtension ?? extension,
        role: sketch.role ?? 'USER',
        login: sketch.login ?? true,
      },
    }),
    ...(sketch.only !== 'cloudlink' && {
      legacy: {
        email: sketch.legacyEmail ?? email,
        login: `${extension}@${account.domain}`,
        scope: sketch.scope ?? 'Basic User',
        secondFactor: sketch.secondFactor ?? false,
        message: sketch.message ?? '',
        presence: sketch.presence ?? presences[index % presences.length] ?? 'open',
      },
    }),
  };
};

/** How many finished calls each account has when nobody asks for more. */
export const DEFAULT_CALLS = 60;

/** How many people the first account has when nobody asks for more. */
export const DEFAULT_PEOPLE = 44;

/**
 * Two accounts and their people. The first account has `size` people (never fewer than the ones with a
 * story); whoever is added by a larger size is on both platforms.
 */
export const createCompany = (size: number = DEFAULT_PEOPLE, calls: number = DEFAULT_CALLS): Company => {
  const fillers = Array.from({ length: Math.max(0, size - acmeSketches.length) }, (_, index) =>
    filler(index),
  );
  return {
    accounts: [acme, globex],
    calls,
    people: [
      ...[...acmeSketches, ...fillers].map((sketch, index) => toPerson(acme, sketch, index, 1000)),
      ...globexSketches.map((sketch, index) => toPerson(globex, sketch, index, 2000)),
    ],
  };
};
