import { withGateway, type GatewayOptions, type Person, type TestGateway } from './gateway.ts';
import { openStream, webhooks, type Result, type TestEventStream } from './subscribers.ts';

/** The answer of a platform to a request that went past the gateway. */
export type PlatformAnswer = Readonly<Record<string, any>>;

/** Both platforms, as somebody changes them past the gateway, with a program of their own. */
export interface Platforms {
  /** `path` begins with the service, such as `chat/conversations`. */
  readonly cloudlink: (method: string, path: string, json?: object) => Promise<PlatformAnswer>;
  /** `operation` is an object and an action, such as `presence list`. */
  readonly legacy: (operation: string, fields: Readonly<Record<string, string>>) => Promise<PlatformAnswer>;
}

const readAnswer = async (response: Response): Promise<PlatformAnswer> => {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text === '' ? {} : (JSON.parse(text) as PlatformAnswer);
};

/** The platforms with somebody's own tokens. */
export const platformsOf = async (
  { sandbox, tokens }: Pick<TestGateway, 'sandbox' | 'tokens'>,
  person: Person = 'ada',
): Promise<Platforms> => {
  const { cloudlink, subscriber } = await tokens(person);
  return {
    cloudlink: async (method, path, json) => {
      const [service = '', ...rest] = path.split('/');
      const response = await fetch(`${sandbox.url}/${service}/2017-09-01/${rest.join('/')}`, {
        method,
        headers: { ...cloudlink, 'content-type': 'application/json' },
        ...(json && { body: JSON.stringify(json) }),
      });
      return readAnswer(response);
    },
    legacy: async (operation, fields) => {
      const [object = '', action = ''] = operation.split(' ');
      const response = await fetch(`${sandbox.url}/ns-api/?object=${object}&action=${action}`, {
        method: 'POST',
        headers: { authorization: subscriber['x-subscriber-authorization'] ?? '' },
        body: new URLSearchParams({ format: 'json', ...fields }),
      });
      return readAnswer(response);
    },
  };
};

export interface Live {
  readonly gateway: TestGateway;
  readonly session: Readonly<Record<string, string>>;
  readonly platforms: Platforms;
  /** Follows a subscription; resolves when it has begun. */
  readonly follow: (query: string, variables?: object) => Promise<TestEventStream>;
  /** What the gateway has asked of the platforms since the last call, but for tokens, put in order. */
  readonly bill: () => Promise<readonly string[]>;
}

const grants = new Set(['POST /token', 'oauth2 token']);

/** Somebody signed in to a gateway that both platforms tell what happens. */
export const withLive = async (options: GatewayOptions = {}, person: Person = 'ada'): Promise<Live> => {
  const gateway = await withGateway({
    ...options,
    env: { ...webhooks, ...options.env },
    switches: { legacyWriteDelayMs: 0, legacyRecordingDelayMs: 0, ...options.switches },
  });
  const { sandbox } = gateway;
  const session = await gateway.signIn(person);
  const platforms = await platformsOf(gateway, person);
  await sandbox.control('DELETE', '/requests');
  return {
    gateway,
    session,
    platforms,
    follow: (query, variables = {}) => openStream(gateway, query, session, { variables }),
    bill: async () => {
      const requests = await sandbox.requests();
      await sandbox.control('DELETE', '/requests');
      return requests
        .filter(({ headers }) => headers['x-request-id'] !== undefined)
        .map(({ route, object, action }) => route ?? `${object} ${action}`)
        .filter((name) => !grants.has(name))
        .toSorted();
    },
  };
};

/** What a subscription told, by the name of its field. Throws what it told of errors. */
export const eventOf = ({ data, errors }: Result): Readonly<Record<string, any>> => {
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return Object.values(data ?? {})[0];
};
