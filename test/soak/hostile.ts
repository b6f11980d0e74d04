import {
  execute,
  getOperationAST,
  parse,
  subscribe,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import { parseConfig } from '../../src/config.ts';
import type { ContextRequest } from '../../src/context.ts';
import { createContexts } from '../../src/contexts.ts';
import { createRateLimits } from '../../src/rate-limits.ts';
import { maskError } from '../../src/errors.ts';
import { createLogger } from '../../src/logger.ts';
import { CLIENT, PASSWORD } from '../../src/sandbox/company.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import type { LoggedRequest } from '../../src/sandbox/requests.ts';
import { schema } from '../../src/schema/index.ts';
import { createMemoryState } from '../../src/state/memory-state.ts';
import { UpstreamError } from '../../src/upstream/errors.ts';
import { toUrl, type UpstreamReply, type UpstreamRequest } from '../../src/upstream/exchange.ts';
import { createTransport, type CreateHttp, type HttpOptions } from '../../src/upstream/http.ts';
import { sandboxSettings } from '../helpers/gateway.ts';
import { hintOf } from '../helpers/hostile-table.ts';
import { sampleHostileTexts } from '../helpers/hostile-text.ts';
import { walkArgument, type Target } from '../helpers/hostile-walk.ts';
import { webhooks } from '../helpers/subscribers.ts';
import { textArguments } from '../helpers/text-argument.ts';

/**
 * 10,000 hostile texts for every text argument of the schema, or as many as the command line says. What test/hostile.test.ts
 * does over HTTP with a few texts is done here with all of them up to where a request would leave: what is asked for is
 * taken down there, and not sent. That each request then arrives as it left is shown by test/upstream/wire.test.ts.
 */
const TEXTS = Number(process.argv[2] ?? 10_000);
/** What is walked: all arguments, or those whose names hold this. */
const ONLY = process.argv[3] ?? '';
const AT_ONCE = 500;

const sandbox = await createSandbox({ port: 0 });
const config = parseConfig({
  ...sandboxSettings(sandbox.url),
  ...webhooks,
  TRY_TIMEOUT_MS: '5000',
  OPERATION_TIMEOUT_MS: '5000',
});
const transport = createTransport(config.limits);

let requests: LoggedRequest[] = [];
/** What the platforms answered to a read, so that its like need not be sent. */
let answers = new Map<string, Promise<UpstreamReply>>();

const contentOf = ({ json, form, bytes }: UpstreamRequest): readonly [type: string, body: string] => {
  if (json !== undefined) return ['application/json', JSON.stringify(json)];
  if (form !== undefined) return ['application/x-www-form-urlencoded', new URLSearchParams(form).toString()];
  return bytes === undefined ? ['', ''] : [bytes.contentType, bytes.data.toString('utf8')];
};

const kindOf = (
  { method, path, query = {}, form = {} }: UpstreamRequest,
  { platform, baseUrl }: HttpOptions,
) => {
  const route = `${method} ${baseUrl} ${path.length}`;
  if (platform === 'cloudlink') return { route };
  return path[0] === 'oauth2'
    ? { object: 'oauth2', action: path[1] ?? '' }
    : { object: query['object'] ?? '', action: query['action'] ?? '', names: Object.keys(form).join() };
};

const take = (request: UpstreamRequest, options: HttpOptions): void => {
  const { pathname, search } = toUrl(options.baseUrl, request);
  const [type, body] = contentOf(request);
  requests.push({
    ...kindOf(request, options),
    id: requests.length,
    at: '',
    method: request.method,
    url: `${pathname}${search}`,
    platform: options.platform,
    headers: { 'content-type': type, 'x-request-id': options.headers['x-request-id'] },
    body,
    credential: null,
    status: null,
    answer: '',
    aborted: false,
    durationMs: null,
    concurrent: 1,
  });
};

const refuse = (options: HttpOptions) =>
  new UpstreamError({ code: 'BAD_USER_INPUT', platform: options.platform, message: 'Nothing is sent.' });

/** What the transport refuses, as test/upstream/wire.test.ts shows. */
const isSendable = ({ path, query = {}, form = {} }: UpstreamRequest) =>
  !path.some((segment) => segment === '.' || segment === '..') &&
  [...path, ...Object.values(query), ...Object.values(form)].every((value) => value.isWellFormed());

/** What either platform answers to a wish to be told, so that what is read to begin with is asked for as well. */
const agreed: UpstreamReply = {
  status: 200,
  reason: 'OK',
  headers: {},
  text: JSON.stringify({ subscriptionId: 's1', subscription_id: 's1' }),
};

const isWish = ({ method, path, query = {} }: UpstreamRequest): boolean =>
  query['object'] === 'event'
    ? query['action'] === 'create'
    : method === 'POST' && path[0] === 'subscriptions';

const createHttp: CreateHttp = (options) => {
  const real = transport.createHttp(options);
  return {
    ...real,
    send: async (request) => {
      if (!isSendable(request)) throw refuse(options);
      // Who is asking is asked as well, for a key: of that no text is a part.
      if (request.path.join('/') !== 'token') take(request, options);
      if (isWish(request)) return agreed;
      if (request.effect === 'write') throw refuse(options);
      const kind = JSON.stringify(kindOf(request, options));
      const answer = answers.get(kind) ?? real.send(request);
      answers.set(kind, answer);
      return answer;
    },
  };
};

const log = createLogger('silent', process.stderr);
const createInstance = () => {
  const state = createMemoryState(config);
  const rateLimits = createRateLimits(state.createRateLimiter, config.limits);
  return {
    state,
    ...createContexts({ config, log, state, createHttp, rateLimits, ownUrl: () => sandbox.url }),
  };
};
const { createContext } = createInstance();

const fetchToken = async (path: string, form: Record<string, string>): Promise<string> => {
  const response = await fetch(`${sandbox.url}${path}`, { method: 'POST', body: new URLSearchParams(form) });
  return ((await response.json()) as { access_token: string }).access_token;
};

const credentials = {
  session: null,
  cloudlink: await fetchToken('/authentication/2017-09-01/token', {
    grant_type: 'password',
    username: 'ada@example.test',
    password: PASSWORD,
    account_id: '100200300',
  }),
  subscriber: await fetchToken('/ns-api/oauth2/token', {
    grant_type: 'password',
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    username: '1001@acme.12345.service',
    password: PASSWORD,
  }),
};

/**
 * Begins a subscription and ends it, each as the only one of a gateway: what another text has opened answers nothing, and
 * no feed lingers.
 */
const follow = async (args: ExecutionArgs, request: ContextRequest): Promise<ExecutionResult> => {
  const { createContext: createOwnContext, hub, state } = createInstance();
  try {
    const found = await subscribe({ ...args, contextValue: await createOwnContext(request) });
    if (!(Symbol.asyncIterator in found)) return found;
    await found.return(undefined);
    return {};
  } finally {
    await hub.close();
    await state.close();
  }
};

const documents = new Map<string, DocumentNode>();

const target: Target = {
  send: async (query, variableValues, requestId) => {
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    const request = { credentials, requestId, signal: new AbortController().signal };
    const args = {
      schema,
      document,
      variableValues: variableValues as Readonly<Record<string, unknown>>,
    };
    const isFollowed = getOperationAST(document)?.operation === 'subscription';
    const { data, errors = [] } = isFollowed
      ? await follow(args, request)
      : await execute({ ...args, contextValue: await createContext(request) });
    return { data, errors: errors.map(maskError) };
  },
  take: async () => {
    const taken = requests;
    requests = [];
    return taken;
  },
};

const started = performance.now();
const total = { arguments: 0, untried: 0, sent: 0, refused: 0, misses: 0 };
const report = () => {
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(JSON.stringify({ texts: TEXTS, ...total, seconds }));
};

for (const [seed, argument] of textArguments.entries()) {
  if (!argument.name.includes(ONLY)) continue;
  answers = new Map();
  total.arguments += 1;
  let shapes = 0;
  for (let done = 0; done < TEXTS; done += AT_ONCE) {
    const texts = sampleHostileTexts(Math.min(AT_ONCE, TEXTS - done), seed * 1000 + done);
    const walked = await walkArgument(target, argument, texts, hintOf(argument) ?? {});
    shapes += walked.shapes;
    total.sent += walked.sent;
    total.refused += walked.refused;
    total.misses += walked.misses.length;
    for (const miss of walked.misses.slice(0, 3)) console.log(JSON.stringify(miss));
  }
  if (shapes === 0) {
    total.untried += 1;
    console.log(`not tried: ${argument.name}`);
  }
  // It takes a while.
  if (total.arguments % 50 === 0) report();
}
report();

transport.close();
await sandbox.close();
process.exitCode = total.misses + total.untried === 0 ? 0 : 1;
