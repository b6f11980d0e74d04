import type { Clock } from '../../../src/sandbox/clock.ts';
import { createCloudlink } from '../../../src/sandbox/cloudlink/index.ts';
import { PASSWORD, createCompany, type CompanyAccount } from '../../../src/sandbox/company.ts';
import type { PlatformOptions } from '../../../src/sandbox/exchange.ts';
import type { Switches } from '../../../src/sandbox/switches.ts';
import { withSandbox } from '../../helpers/sandbox.ts';

export const ADMIN = '/admin/2017-09-01';
export const AUTHENTICATION = '/authentication/2017-09-01';
export const CHAT = '/chat/2017-09-01';
export const PRESENCE = '/presence/2017-09-01';
export const NOTIFICATIONS = '/notifications/2017-09-01';

const accountAt = (index: number): CompanyAccount => {
  const account = createCompany().accounts[index];
  if (account === undefined) throw new Error(`The company has no account ${index}`);
  return account;
};

export const acme = accountAt(0);
export const globex = accountAt(1);
export const ACME = `${ADMIN}/accounts/${acme.accountId}`;
export const GLOBEX = `${ADMIN}/accounts/${globex.accountId}`;

/** The CloudLink id of somebody in the seeded company. */
export const userIdOf = (email: string): string => {
  const person = createCompany().people.find(({ cloudlink }) => cloudlink?.email === email);
  if (person === undefined) throw new Error(`Nobody has the address ${email}`);
  return person.userId;
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Typed loosely on purpose: what it holds is what a test finds out. */
  readonly body: Record<string, unknown>;
}

export interface SendOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly text?: string;
}

const toBody = ({ json, form, text }: SendOptions): Pick<RequestInit, 'body'> => {
  if (form !== undefined) return { body: new URLSearchParams(form) };
  if (json !== undefined) return { body: JSON.stringify(json) };
  return text === undefined ? {} : { body: text };
};

/** A sandbox with CloudLink alone, a clock that stands still, and somebody to ask it. */
export const withCloudlink = async (switches: Partial<Switches> = {}) => {
  // Time moves only where a test moves it.
  const start = Date.now();
  let now = start;
  const clock: Clock = {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    reset: () => {
      now = start;
    },
  };
  const create = (options: PlatformOptions) => createCloudlink({ ...options, clock });
  const sandbox = await withSandbox({
    switches,
    platforms: [
      { name: 'cloudlink', prefixes: [ADMIN, AUTHENTICATION, CHAT, PRESENCE, NOTIFICATIONS], create },
    ],
  });

  const send = async (method: string, path: string, options: SendOptions = {}): Promise<Answer> => {
    const { token, headers = {}, json } = options;
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      ...toBody(options),
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };

  const postToken = (form: Readonly<Record<string, string>>) =>
    send('POST', `${AUTHENTICATION}/token`, { form });

  /** The access token of somebody, in their account or another. */
  const signIn = async (username: string, account?: string): Promise<string> => {
    const where = account === undefined ? {} : { account_id: account };
    const { body } = await postToken({ grant_type: 'password', username, password: PASSWORD, ...where });
    return String(body.access_token);
  };

  const control = (method: string, path: string, body: unknown) => sandbox.control(method, path, body);

  return { url: sandbox.url, control, clock, send, postToken, signIn };
};

export const ADA = 'ada@example.test';
export const BEN = 'ben.carter@example.test';
export const GRACE = 'grace@example.test';
export const PARTNER = 'partner@example.test';

/** The items of a page. */
export const itemsOf = ({ body }: Answer): readonly Record<string, unknown>[] => {
  const { _embedded: embedded } = body as {
    readonly _embedded?: { readonly items: Record<string, unknown>[] };
  };
  return embedded?.items ?? [];
};

/** The links of a record or a page. */
export const linksOf = (record: Readonly<Record<string, unknown>>) => {
  const { _links: links } = record as { readonly _links: { readonly self: string; readonly next?: string } };
  return links;
};
