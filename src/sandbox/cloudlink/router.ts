import type { Incoming } from '../exchange.ts';
import type { Handler, OpenHandler, Service } from './service.ts';
import { VERSION } from './version.ts';

/** Where a request wants to go: `service` is missing where only the path from the version on was given. */
interface Location {
  readonly service: string | undefined;
  readonly segments: readonly string[];
}

/** A route that exists, with the values of its parameters. */
export interface Match {
  readonly service: Service;
  readonly route: string;
  readonly path: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly open: OpenHandler | undefined;
  readonly handler: Handler | undefined;
}

export interface Router {
  /** The service a request names, by path prefix or host label, whether or not it has the route. */
  locate(incoming: Incoming): Location | undefined;
  match(incoming: Incoming): Match | undefined;
}

const VERSION_SEGMENT = /^\d{4}-\d{2}-\d{2}$/;

const decodeSegment = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};

/** The parameters of a path under a template, or `undefined` where it does not fit. */
const matchSegments = (template: readonly string[], segments: readonly string[]) => {
  if (template.length !== segments.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [index, expected] of template.entries()) {
    const value = decodeSegment(segments[index] ?? '');
    if (value === undefined || value === '') return undefined;
    if (expected.startsWith('{')) parameters.set(expected.slice(1, -1), value);
    else if (expected !== value) return undefined;
  }
  return parameters;
};

const compile = (service: Service) =>
  Object.keys({ ...service.open, ...service.routes }).map((route) => {
    const [method = '', path = ''] = route.split(' ');
    return { service, route, method, template: path.split('/').slice(1) };
  });

/**
 * Finds the route of a request among the tables of all services. A service is named by the first segment of
 * the path (`/admin/2017-09-01/…`) or by the first label of the host (`admin.localhost`). Without either, all
 * services are tried, because clients join a relative `next` against the origin (facts §3.3).
 */
export const createRouter = (services: readonly Service[]): Router => {
  const names = new Set(services.map(({ name }) => name));
  const routes = services.flatMap(compile);

  const locate = ({ path, headers }: Incoming): Location | undefined => {
    const segments = path.split('/').slice(1);
    const first = segments[0] ?? '';
    if (names.has(first)) return { service: first, segments: segments.slice(1) };
    if (!VERSION_SEGMENT.test(first)) return undefined;
    const label = /^[^.:]*/.exec(headers.host ?? '')?.[0].toLowerCase() ?? '';
    return { service: names.has(label) ? label : undefined, segments };
  };

  const match = (incoming: Incoming): Match | undefined => {
    const location = locate(incoming);
    const [version, ...segments] = location?.segments ?? [];
    if (location === undefined || version !== VERSION) return undefined;
    for (const { service, route, method, template } of routes) {
      if (method !== incoming.method || service.name !== (location.service ?? service.name)) continue;
      const parameters = matchSegments(template, segments);
      if (parameters === undefined) continue;
      const path = `/${location.segments.join('/')}`;
      return { service, route, path, parameters, open: service.open[route], handler: service.routes[route] };
    }
    return undefined;
  };

  return { locate, match };
};
