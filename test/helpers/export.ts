import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { withGateway, type GatewayOptions, type TestGateway } from './gateway.ts';

/** A window that holds every call of the sandbox. */
export const WINDOW = 'from=2020-01-01&to=2030-01-01';

/** A gateway in front of so many calls, and the headers of a session. */
export const withCalls = async (calls: number, options: GatewayOptions = {}) => {
  const gateway = await withGateway(options);
  await gateway.sandbox.control('POST', '/reset', { calls, switches: options.switches ?? {} });
  const session = await gateway.signIn();
  await gateway.bill();
  return { gateway, session };
};

export type Line = Readonly<Record<string, any>>;

/** The lines of an export in NDJSON. */
export const parseLines = (body: string): Line[] =>
  body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

export const idOf = ({ recordId, detailId }: Line): string => recordId ?? detailId;

/** The answer to a GET as soon as it begins; nothing of it is read. */
export const open = async (gateway: TestGateway, path: string, headers: Record<string, string>) => {
  const client = httpRequest(`${gateway.url}${path}`, { headers });
  client.on('error', () => undefined).end();
  const [response] = (await once(client, 'response')) as [IncomingMessage];
  return response;
};
