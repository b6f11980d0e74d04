import { Writable } from 'node:stream';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/index.ts';
import { startServer, type Server } from '../src/server.ts';
import { sandboxSettings } from './helpers/gateway.ts';

let sandbox: Sandbox;
let server: Server;
const lines: string[] = [];
const destination = new Writable({
  write: (chunk: Buffer, _encoding, done) => {
    lines.push(chunk.toString());
    done();
  },
});

beforeAll(async () => {
  sandbox = await createSandbox({ port: 0 });
  const config = parseConfig(sandboxSettings(sandbox.url));
  server = await startServer(config, createLogger(config.logLevel, destination));
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

  it('brings the gateway to no error, and each audited operation to its log', () => {
    const levels = lines.map((line) => (JSON.parse(line) as { level: string }).level);
    expect(levels.length).toBeGreaterThan(20);
    expect(new Set(levels)).toEqual(new Set(['info']));
  });
});
