import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/index.ts';
import { startServer, type Server } from '../src/server.ts';
import { sandboxSettings } from './helpers/gateway.ts';

let sandbox: Sandbox;
let server: Server;

beforeAll(async () => {
  sandbox = await createSandbox({ port: 0 });
  server = await startServer(parseConfig(sandboxSettings(sandbox.url)), createLogger('silent'));
});

afterAll(async () => {
  await server.stop();
  await sandbox.close();
});

/** The public audits of GraphQL over HTTP, asked over real HTTP. */
const audits = serverAudits({ url: () => `${server.url}/graphql`, fetchFn: fetch });

describe('GraphQL over HTTP', () => {
  it('is audited by 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map(({ id, name, fn }) => [id, name, fn] as const))('%s: %s', async (id, name, fn) => {
    expect(await fn()).toEqual({ id, name, status: 'ok' });
  });
});
