import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { LoggedRequest } from '../../../src/sandbox/requests.ts';
import { sandboxSettings } from '../../helpers/gateway.ts';
import { findPeople, sandboxSize, type Someone } from '../people.ts';
import { startScript } from '../process.ts';

const urlIn = (line: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';

/** What a telephone is called; asked for by its number, once for each operation or event that wants to know. */
export const ENDPOINT = 'GET /endpoints/{endpointId}';

/** One request for a telephone, in milliseconds of the machine's clock. */
export interface Asked {
  readonly extension: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Whether the gateway let go of it before it was answered. */
  readonly isAborted: boolean;
}

/** A sandbox and a gateway, each a process of its own, and people of an account. */
export interface World {
  readonly url: string;
  readonly people: readonly Someone[];
  readonly control: (method: string, path: string, body?: unknown) => Promise<any>;
  /** From now on, answers to this come so late. */
  readonly slow: (match: object, ms: number) => Promise<void>;
  /** Somebody rings there. */
  readonly ring: (extension: string, call: string) => Promise<void>;
  /** The requests for telephones, when all of them are over. */
  readonly asked: () => Promise<readonly Asked[]>;
  readonly stop: () => Promise<void>;
}

export const startWorld = async (count: number): Promise<World> => {
  const args = ['--port', '0', '--users', String(sandboxSize(count))];
  const sandbox = await startScript('sandbox/main.ts', args, {}, /http:\/\/127/);
  const sandboxUrl = urlIn(sandbox.line);
  const settings = { ...sandboxSettings(sandboxUrl), LOG_LEVEL: 'silent', CLOUDLINK_FEEDS: 'webhook' };
  const gateway = await startScript('main.ts', [], settings, /^ready: /);

  const control: World['control'] = async (method, path, body) => {
    const response = await fetch(`${sandboxUrl}/_sandbox${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text === '' ? null : JSON.parse(text);
  };

  const asked: World['asked'] = async () => {
    for (;;) {
      const found = await control('GET', `/requests?route=${encodeURIComponent(ENDPOINT)}`);
      if (found.dropped > 0) throw new Error('the log of the sandbox is too short');
      const requests = found.requests as readonly LoggedRequest[];
      if (requests.every(({ durationMs }) => durationMs !== null))
        return requests.map(({ url, at, durationMs, aborted }) => ({
          extension: /\/endpoints\/([^/?]+)/.exec(url)?.[1] ?? '',
          startedAt: Date.parse(at),
          endedAt: Date.parse(at) + (durationMs ?? 0),
          isAborted: aborted,
        }));
      await delay(50);
    }
  };

  return {
    url: urlIn(gateway.line),
    people: await findPeople(sandboxUrl, count),
    control,
    slow: (match, ms) => control('POST', '/faults', { match, fault: { type: 'latency', ms } }),
    ring: (extension, call) =>
      control('POST', '/events', {
        platform: 'cloudlink',
        topic: 'platform-api-media',
        subject: `/2017-09-01/endpoints/${extension}/calls/${call}`,
        content: {
          callId: `endpoints/${extension}/calls/${call}`,
          endpointId: extension,
          state: 'ringing',
        },
      }),
    asked,
    stop: async () => {
      const ended = once(gateway.child, 'exit');
      gateway.child.kill('SIGKILL');
      await ended;
      await sandbox.stop();
    },
  };
};
