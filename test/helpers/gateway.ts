import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { CLIENT, createCompany, PASSWORD } from '../../src/sandbox/company.ts';
import type { Switches } from '../../src/sandbox/switches.ts';
import { startServer } from '../../src/server.ts';
import { expectNoSecrets } from './secrets.ts';
import { withSandbox, type TestSandbox } from './sandbox.ts';

export interface GatewayOptions {
  /** Settings beside the ones that lead to the sandbox; an empty text takes one away. */
  readonly env?: Readonly<Record<string, string>>;
  readonly users?: number;
  readonly switches?: Partial<Switches>;
}

/** A GraphQL answer as a client gets it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Record<string, any> | null | undefined;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, any>>;
  }[];
  readonly extensions: Readonly<Record<string, any>>;
}

export type Person = 'ada' | 'grace' | 'ben';

export interface TestGateway {
  readonly url: string;
  readonly sandbox: TestSandbox;
  /** Every line that was logged so far. */
  readonly log: readonly Readonly<Record<string, any>>[];
  /** Fetches a path of the gateway, as anybody could; the answer has been read whole and is searched for secrets. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Hands a text that the gateway sent in another way to the search for secrets. */
  record(text: string): void;
  /** Sends an operation with these headers. */
  execute(query: string, headers?: Readonly<Record<string, string>>, variables?: object): Promise<Answer>;
  /** Signs in on both platforms and answers the headers of the session. */
  signIn(person?: Person): Promise<Record<string, string>>;
  /** Tokens of the platforms themselves, as headers for passing through. */
  tokens(person?: Person): Promise<{ cloudlink: Record<string, string>; subscriber: Record<string, string> }>;
  /** How many requests the platforms received since the last call, token requests apart, as `METHOD route` lines. */
  bill(): Promise<readonly string[]>;
  stop(): Promise<boolean>;
}

const logins: Readonly<Record<Person, { username: string; account: string; login: string }>> = {
  ada: { username: 'ada@example.test', account: '100200300', login: '1001@acme.12345.service' },
  ben: { username: 'ben.carter@example.test', account: '100200300', login: '1002@acme.12345.service' },
  grace: { username: 'grace@example.test', account: '200300400', login: '2001@globex.67890.service' },
};

/** The settings that lead a gateway to this sandbox. */
export const sandboxSettings = (url: string): Record<string, string> => ({
  NODE_ENV: 'test',
  PORT: '0',
  SANDBOX_PORT: '0',
  CLOUDLINK_AUTHENTICATION_URL: `${url}/authentication/2017-09-01`,
  CLOUDLINK_ADMIN_URL: `${url}/admin/2017-09-01`,
  CLOUDLINK_CHAT_URL: `${url}/chat/2017-09-01`,
  CLOUDLINK_MEDIA_URL: `${url}/media/2017-09-01`,
  CLOUDLINK_NOTIFICATIONS_URL: `${url}/notifications/2017-09-01`,
  CLOUDLINK_PRESENCE_URL: `${url}/presence/2017-09-01`,
  SUBSCRIBER_API_URL: `${url}/ns-api`,
  SUBSCRIBER_CLIENT_ID: CLIENT.id,
  SUBSCRIBER_CLIENT_SECRET: CLIENT.secret,
  ACCOUNT_DOMAINS: createCompany()
    .accounts.map(({ accountId, domain }) => `${accountId}=${domain}`)
    .join(','),
  LOG_LEVEL: 'debug',
  // Whoever tests the limits sets them; for all others a test asks as often as a hundred clients.
  MAX_OPERATIONS_PER_SECOND: '1000000',
  MAX_SIGN_INS_PER_ACCOUNT: '1000000',
  MAX_SIGN_INS_PER_ADDRESS: '1000000',
});

/**
 * A sandbox and a gateway in front of it, each on a free port, closed when the test is over. Then everything the
 * gateway answered and logged is searched for secrets: what it answered to the functions of this gateway, that is.
 */
export const withGateway = async (options: GatewayOptions = {}): Promise<TestGateway> => {
  const sandbox = await withSandbox({
    ...(options.users !== undefined && { users: options.users }),
    ...(options.switches && { switches: options.switches }),
  });
  const lines: string[] = [];
  const answers: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const config = parseConfig({ ...sandboxSettings(sandbox.url), ...options.env });
  const server = await startServer(config, createLogger(config.logLevel, destination));
  let stopping: Promise<boolean> | undefined;
  const stop = () => (stopping ??= server.stop());

  const issued: string[] = [];
  const record: TestGateway['record'] = (text) => {
    // The two answers that hold a credential on purpose: the name of a new session, and the secret of a new client.
    const shown = /"(?:sessionToken":"(gws_[\w-]+)|clientSecret":"([\w-]+))"/g;
    const rest = text.replaceAll(shown, (_field, token?: string, secret?: string) => {
      issued.push(token ?? secret ?? '');
      return '';
    });
    answers.push(rest);
  };

  const fetchHere: TestGateway['fetch'] = async (path, init) => {
    const response = await fetch(`${server.url}${path}`, init);
    const text = await response.text();
    record(`${response.statusText}\n${JSON.stringify([...response.headers])}\n${text}`);
    return new Response(text === '' ? null : text, response);
  };

  const execute: TestGateway['execute'] = async (query, headers = {}, variables = {}) => {
    const response = await fetchHere('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors = [], extensions = {} } = JSON.parse(await response.text());
    return { status: response.status, headers: response.headers, data, errors, extensions };
  };

  const fetchToken = async (path: string, form: Record<string, string>): Promise<string> => {
    const response = await fetch(`${sandbox.url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };

  onTestFinished(async () => {
    await expectNoSecrets([...answers, ...lines], sandbox, issued);
    await stop();
  });

  return {
    url: server.url,
    sandbox,
    fetch: fetchHere,
    record,
    execute,
    stop,
    get log() {
      return lines.map((line) => JSON.parse(line));
    },
    signIn: async (person = 'ada') => {
      const { username, account, login } = logins[person];
      const { data, errors } = await execute(
        `mutation ($input: SignInInput!) { signIn(input: $input) { sessionToken } }`,
        {},
        {
          input: {
            cloudlink: { username, password: PASSWORD, accountId: account },
            subscriber: { username: login, password: PASSWORD },
          },
        },
      );
      if (!data) throw new Error(JSON.stringify(errors));
      return { authorization: `Bearer ${data['signIn'].sessionToken}` };
    },
    tokens: async (person = 'ada') => {
      const { username, account, login } = logins[person];
      const [cloudlink, subscriber] = await Promise.all([
        fetchToken('/authentication/2017-09-01/token', {
          grant_type: 'password',
          username,
          password: PASSWORD,
          account_id: account,
        }),
        fetchToken('/ns-api/oauth2/token', {
          grant_type: 'password',
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          username: login,
          password: PASSWORD,
        }),
      ]);
      return {
        cloudlink: { authorization: `Bearer ${cloudlink}` },
        subscriber: { 'x-subscriber-authorization': `Bearer ${subscriber}` },
      };
    },
    bill: async () => {
      const requests = await sandbox.requests();
      await sandbox.control('DELETE', '/requests');
      return requests
        .filter(({ service, object }) => service !== 'authentication' && object !== 'oauth2')
        .map(({ route, object, action }) => route ?? `${object} ${action}`);
    },
  };
};
