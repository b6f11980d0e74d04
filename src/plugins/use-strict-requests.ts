import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';

const refuse = (status: 400 | 415, message: string) =>
  new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status } } });

/** The parser's own complaint would quote the text, and the text may hold a password. */
const parseJson = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(400, `${what} must be JSON.`);
  }
};

const isJson = (contentType: string | null) => /^application\/json\s*(;|$)/i.test(contentType ?? '');

const readPost = async (request: Request): Promise<GraphQLParams> => {
  if (!isJson(request.headers.get('content-type'))) {
    throw refuse(415, 'A request by POST must have the content type application/json.');
  }
  return parseJson(await request.text(), 'The body') as GraphQLParams;
};

const readGet = async (request: Request): Promise<GraphQLParams> => {
  const given = URL.parse(request.url)?.searchParams ?? new URLSearchParams();
  const json = (name: string) => {
    const text = given.get(name);
    return text === null || text === '' ? null : (parseJson(text, `\`${name}\``) as Record<string, unknown>);
  };
  return {
    query: given.get('query') || null,
    operationName: given.get('operationName') || null,
    variables: json('variables'),
    extensions: json('extensions'),
  } as GraphQLParams;
};

/** What Yoga answers in. It looks only when everything has been done, and then says nothing: too late for a mutation. */
const answerTypes = [
  'application/graphql-response+json',
  'application/json',
  'text/event-stream',
  'multipart/mixed',
];

const accepts = (range: string): boolean => {
  const [type = '', ...parameters] = range.toLowerCase().replace(/\s/g, '').split(';');
  const charset = parameters.find((parameter) => parameter.startsWith('charset=')) ?? 'charset=utf-8';
  if (charset !== 'charset=utf-8') return false;
  return answerTypes.some((known) => ['*/*', `${known.split('/')[0]}/*`, known].includes(type));
};

const isAnswerable = (accept: string | null) => (accept || '*/*').split(',').some(accepts);

const notAcceptable = {
  errors: [
    {
      message: 'Answers are in JSON: accept application/graphql-response+json or application/json, in UTF-8.',
      extensions: { code: 'BAD_REQUEST' },
    },
  ],
};

/**
 * What counts as a GraphQL request: JSON by POST, or a query by GET, from a client that can read the answer. Forms and plain text, which any web page may send
 * to any address without asking, never reach an operation (S17). A page can send a GET as well, but only without
 * credentials, because those are headers and never cookies; and a GET cannot hold a mutation.
 */
export const useStrictRequests = (): Plugin => ({
  onRequestParse: ({ request, setRequestParser, endResponse, fetchAPI }) => {
    if (!isAnswerable(request.headers.get('accept'))) {
      return endResponse(fetchAPI.Response.json(notAcceptable, { status: 406 }));
    }
    if (request.method === 'POST') setRequestParser(readPost);
    if (request.method === 'GET') setRequestParser(readGet);
  },
});
