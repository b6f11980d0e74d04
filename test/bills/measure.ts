import { Writable } from 'node:stream';
import { parseConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { createCompany, PASSWORD } from '../../src/sandbox/company.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { startServer } from '../../src/server.ts';
import { sandboxSettings } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';

/** The sizes that the bills are measured at. */
export const SIZES = [10, 100] as const;

/**
 * The world for n: enough people and calls that n of them fill a page, and no list of the legacy platform that ends at a
 * round number of rows, where a silent cap would have to be ruled out by one more read (subscriber-api facts §3.6).
 */
export const worldOf = (n: number) => ({ users: n + 34, calls: 5 * n + 14 });

const endpointsOf = (n: number): readonly string[] =>
  createCompany(worldOf(n).users)
    .people.flatMap(({ cloudlink }) => cloudlink?.extension || [])
    .slice(0, n)
    .map((extension) => globalId('cloudlink', 'Endpoint', extension));

/** How n comes into an operation: by the variables of these names. Others keep their defaults. */
const variablesOf = (n: number, run: number): Readonly<Record<string, unknown>> => ({
  first: n,
  endpoints: endpointsOf(n),
  key: `run-${run}`,
});

/** A change whose key was used before would cost nothing. */
const withOwnKeys = (operation: string, run: number) =>
  operation.replaceAll('clientMutationKey: "', `clientMutationKey: "run-${run}-`);

const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { sessionToken } }`;

const ADA = {
  cloudlink: { username: 'ada@example.test', password: PASSWORD, accountId: '100200300' },
  subscriber: { username: '1001@acme.12345.service', password: PASSWORD },
};

export interface Meter {
  /** How many requests the platforms get for this operation in a fresh world of n. Throws where it fails. */
  measure(operation: string, n: number): Promise<number>;
  close(): Promise<void>;
}

/** A sandbox and a gateway in front of it, for measuring one operation after the other over HTTP. */
export const createMeter = async (): Promise<Meter> => {
  const sandbox = await createSandbox({ port: 0 });
  const config = parseConfig(sandboxSettings(sandbox.url));
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const server = await startServer(config, createLogger(config.logLevel, nowhere));

  let runs = 0;

  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${sandbox.url}/_sandbox${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  const execute = async (
    query: string,
    variables: object,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: any; errors?: readonly object[] };
    if (errors === undefined) return data;
    throw new Error(`${query.slice(0, 80)} … failed: ${JSON.stringify(errors.slice(0, 3))}`);
  };

  return {
    measure: async (operation, n) => {
      // Legacy changes show at once, so that each is looked for once: a bill does not depend on the clock.
      await control('POST', '/reset', { ...worldOf(n), switches: { legacyWriteDelayMs: 0 } });
      const { signIn } = await execute(SIGN_IN, { input: ADA });
      await control('DELETE', '/requests');
      const variables = Object.fromEntries(
        Object.entries(variablesOf(n, (runs += 1))).filter(([name]) => operation.includes(`$${name}:`)),
      );
      await execute(withOwnKeys(operation, runs), variables, {
        authorization: `Bearer ${signIn.sessionToken}`,
      });
      const { requests } = (await (await control('GET', '/requests')).json()) as { requests: unknown[] };
      return requests.length;
    },
    close: async () => {
      await server.stop();
      await sandbox.close();
    },
  };
};
