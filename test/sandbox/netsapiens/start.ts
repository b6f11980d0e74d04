import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/sandbox/clock.ts';
import { CLIENT, PASSWORD } from '../../../src/sandbox/company.ts';
import type { PlatformOptions } from '../../../src/sandbox/exchange.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { createNetsapiens } from '../../../src/sandbox/netsapiens/index.ts';
import type { Switches } from '../../../src/sandbox/switches.ts';

export const ACME = 'acme.12345.service';
export const GLOBEX = 'globex.67890.service';
/** An office manager; the person's extension is 1001. */
export const ADA = `1001@${ACME}`;
/** A basic user. */
export const BEN = `1002@${ACME}`;
/** Somebody with a second factor. */
export const CHLOE = `1003@${ACME}`;

type Fields = Readonly<Record<string, string>>;
export type Rows = readonly Readonly<Record<string, string>>[];

/** The fields of a password grant. */
export const passwordGrant = (username: string): Fields => ({
  grant_type: 'password',
  client_id: CLIENT.id,
  client_secret: CLIENT.secret,
  username,
  password: PASSWORD,
});

export const form = (fields: Fields, headers: Fields = {}): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers,
});

/** A clock that stands still, on a whole second, until it is advanced. */
const createStillClock = (): Clock => {
  const beginning = Math.floor(Date.now() / 1000) * 1000;
  let now = beginning;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    reset: () => {
      now = beginning;
    },
  };
};

/**
 * A listening sandbox with the legacy platform alone and time that moves only where a test moves it, closed when the
 * test is over. Writes are done at once.
 */
export const start = async (switches: Partial<Switches> = {}, users?: number, calls?: number) => {
  const clock = createStillClock();
  const create = (options: PlatformOptions) => createNetsapiens({ ...options, clock });
  const sandbox = await createSandbox({
    port: 0,
    platforms: [{ name: 'netsapiens', prefixes: ['/ns-api'], create }],
    switches: { legacyWriteDelayMs: 0, ...switches },
    ...(users !== undefined && { users }),
    ...(calls !== undefined && { calls }),
  });
  onTestFinished(() => sandbox.close());

  const send = (path: string, init?: RequestInit) => fetch(`${sandbox.url}${path}`, init);
  const control = async (method: string, path: string, body: unknown) => {
    const response = await send(`/_sandbox/${path}`, { method, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
  };
  const askToken = (fields: Fields, headers?: Fields) => send('/ns-api/oauth2/token', form(fields, headers));
  const logIn = async (username: string) => {
    const reply = (await (await askToken(passwordGrant(username))).json()) as Record<string, unknown>;
    return String(reply.access_token);
  };
  /** A data call with its fields in a form, asking for JSON. */
  const call = (token: string, fields: Fields) =>
    send('/ns-api/', form({ format: 'json', ...fields }, { authorization: `Bearer ${token}` }));

  return {
    send,
    askToken,
    logIn,
    call,
    rows: async (token: string, fields: Fields) => (await (await call(token, fields)).json()) as Rows,
    clock,
    url: sandbox.url,
    advance: async (advanceMs: number) => {
      clock.advance(advanceMs);
      await control('POST', 'clock', { advanceMs });
    },
    change: (changes: Partial<Switches>) => control('PATCH', 'switches', changes),
    reset: async (changes = {}) => {
      clock.reset();
      await control('POST', 'reset', changes);
    },
    addFault: (rule: unknown) => control('POST', 'faults', rule),
    requests: async () => (await (await send('/_sandbox/requests')).json()) as { requests: Rows },
  };
};

/** A started sandbox for one object: asked by the office manager unless another token is given. */
export const startWith = async (object: string, ...options: Parameters<typeof start>) => {
  const platform = await start(...options);
  const ada = await platform.logIn(ADA);
  const ask = (action: string, fields: Fields = {}, token = ada) =>
    platform.call(token, { object, action, ...fields });
  return {
    ...platform,
    ada,
    ask,
    json: async (action: string, fields?: Fields, token?: string) =>
      (await (await ask(action, fields, token)).json()) as unknown,
    read: async (fields?: Fields, token?: string) =>
      (await (await ask('read', fields, token)).json()) as Rows,
    status: async (action: string, fields?: Fields, token?: string) =>
      (await ask(action, fields, token)).status,
  };
};

/** A time as the platform writes it in most places. */
export const toTime = (milliseconds: number) =>
  new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');

/** The two places where the platform explains itself. */
export const explanation = ({ status, statusText, headers }: Response) => ({
  status,
  statusText,
  warning: headers.get('warning'),
});
