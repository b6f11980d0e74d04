import type { OpenHandler, Service } from './service.ts';

/** Any origin: pages call the services from the browser, and Media documents the header (facts §3.2). */
export const anyOrigin: Readonly<Record<string, string>> = { 'Access-Control-Allow-Origin': '*' };

const USUAL_HEADERS = 'Authorization, Content-Type, X-Mitel-App';

const createPreflight =
  (methods: readonly string[]): OpenHandler =>
  ({ incoming }) => ({
    status: 200,
    headers: {
      'Access-Control-Allow-Methods': methods.join(', '),
      'Access-Control-Allow-Headers':
        incoming.headers['access-control-request-headers']?.toString() ?? USUAL_HEADERS,
    },
    body: {},
  });

/** The service with an answer to the browser's OPTIONS at each of its paths. It needs no token: browsers send none. */
export const withPreflight = (service: Service): Service => {
  const methods = new Map<string, string[]>();
  for (const route of Object.keys({ ...service.open, ...service.routes })) {
    const [method = '', path = ''] = route.split(' ');
    methods.set(path, [...(methods.get(path) ?? []), method]);
  }
  const preflights = [...methods].map(
    ([path, known]) => [`OPTIONS ${path}`, createPreflight(['OPTIONS', ...known])] as const,
  );
  return { ...service, open: { ...service.open, ...Object.fromEntries(preflights) } };
};
