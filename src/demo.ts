import { z } from 'zod';
import type { ExplorerHeaders } from './graphiql.ts';
import { CLIENT, createCompany, PASSWORD } from './sandbox/company.ts';
import { createSandbox } from './sandbox/index.ts';
import { knownPeople } from './sandbox/known-people.ts';

/** What a newcomer gets: the sandbox as both platforms, and somebody signed in. */
export interface Demo {
  /** The settings that make the gateway use the sandbox, in the way of every platform. */
  readonly settings: Readonly<Record<string, string>>;
  /** What suits the sandbox best where nothing else is set. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Signs Ada in at the gateway, the way clients do, and answers the headers to send from then on. */
  signIn(gatewayUrl: string): Promise<ExplorerHeaders>;
  welcome(gatewayUrl: string, headers: ExplorerHeaders): string;
  stop(): Promise<void>;
}

const toSettings = (url: string): Record<string, string> => ({
  CLOUDLINK_AUTHENTICATION_URL: `${url}/authentication/2017-09-01`,
  CLOUDLINK_ADMIN_URL: `${url}/admin/2017-09-01`,
  CLOUDLINK_CHAT_URL: `${url}/chat/2017-09-01`,
  CLOUDLINK_MEDIA_URL: `${url}/media/2017-09-01`,
  CLOUDLINK_NOTIFICATIONS_URL: `${url}/notifications/2017-09-01`,
  CLOUDLINK_PRESENCE_URL: `${url}/presence/2017-09-01`,
  CLOUDLINK_CLIENT_ID: CLIENT.id,
  CLOUDLINK_CLIENT_SECRET: CLIENT.secret,
  SUBSCRIBER_API_URL: `${url}/ns-api`,
  SUBSCRIBER_CLIENT_ID: CLIENT.id,
  SUBSCRIBER_CLIENT_SECRET: CLIENT.secret,
  ACCOUNT_DOMAINS: createCompany()
    .accounts.map(({ accountId, domain }) => `${accountId}=${domain}`)
    .join(','),
});

/** The sandbox is on this machine, and reaches the gateway wherever it listens. Every visit to GraphiQL signs Ada in anew. */
const defaults = {
  CLOUDLINK_FEEDS: 'webhook',
  SUBSCRIBER_FEEDS: 'webhook',
  MAX_SIGN_INS_PER_ACCOUNT: '1000',
  MAX_SIGN_INS_PER_ADDRESS: '1000',
};

const signInDocument = `mutation {
  signIn(input: {
    cloudlink: { username: "ada@example.test", password: "${PASSWORD}", accountId: "100200300" }
    subscriber: { username: "1001@acme.12345.service", password: "${PASSWORD}" }
  }) { sessionToken }
}`;

const answerShape = z.object({
  data: z.object({ signIn: z.object({ sessionToken: z.string() }).nullable() }).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

const EXAMPLE =
  '{ users(first: 5) { nodes { name email subscriber { extension presence statusMessage } } } }';

/** Starts the sandbox on `port`; rejects where it cannot listen there. */
export const startDemo = async (port: number): Promise<Demo> => {
  const sandbox = await createSandbox({ port });
  return {
    settings: toSettings(sandbox.url),
    defaults,
    signIn: async (gatewayUrl) => {
      const response = await fetch(`${gatewayUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: signInDocument }),
      });
      const { data, errors } = answerShape.parse(await response.json());
      const token = data?.signIn?.sessionToken;
      if (token === undefined) throw new Error(errors?.[0]?.message ?? 'the gateway gave no session');
      return { Authorization: `Bearer ${token}` };
    },
    welcome: (gatewayUrl, headers) => {
      const flags = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`);
      return [
        `ready: no platform is configured, so the sandbox stands in for both`,
        '',
        `  GraphQL, and GraphiQL in a browser   ${gatewayUrl}/graphql`,
        `  sandbox, driven below /_sandbox      ${sandbox.url}`,
        '',
        knownPeople,
        '',
        'Ada is signed in already. Ask for people with what both platforms know of them:',
        '',
        `curl -s ${gatewayUrl}/graphql -H 'Content-Type: application/json' ${flags.join(' ')} -d '${JSON.stringify({ query: EXAMPLE })}'`,
        '',
      ].join('\n');
    },
    stop: () => sandbox.close(),
  };
};
