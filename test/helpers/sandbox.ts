import { onTestFinished } from 'vitest';
import type { FaultRule } from '../../src/sandbox/fault-rule.ts';
import type { InstalledRule } from '../../src/sandbox/faults.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts';
import type { LoggedRequest } from '../../src/sandbox/requests.ts';

/** A sandbox of one test, with what a test asks of it most. */
export interface TestSandbox extends Sandbox {
  /** Sends JSON to the control surface; `path` is what follows `/_sandbox`. */
  control(method: string, path: string, body?: unknown): Promise<Response>;
  /** Adds a fault rule, typed as the product types it; anything refused throws. */
  fail(rule: FaultRule): Promise<InstalledRule>;
  /** The logged requests, filtered by a query string. */
  requests(query?: string): Promise<readonly LoggedRequest[]>;
  /** Every request since the start, also those that the log was told to forget through `control`. */
  everyRequest(): Promise<readonly LoggedRequest[]>;
}

const isForgetting = (method: string, path: string) =>
  (method === 'DELETE' && path.startsWith('/requests')) || path.startsWith('/reset');

/** Starts a sandbox on a free port; it is closed when the test is over. */
export const withSandbox = async (options: SandboxOptions = {}): Promise<TestSandbox> => {
  const sandbox = await createSandbox({ port: 0, ...options });
  const kept = new Map<number, LoggedRequest>();
  let isClosed = false;

  const send = (method: string, path: string, body?: unknown) =>
    fetch(`${sandbox.url}/_sandbox${path}`, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });

  const requests: TestSandbox['requests'] = async (query = '') => {
    const response = await send('GET', `/requests${query && `?${query}`}`);
    if (response.status !== 200) throw new Error(await response.text());
    return ((await response.json()) as { requests: readonly LoggedRequest[] }).requests;
  };

  const everyRequest = async () => {
    if (!isClosed) for (const request of await requests()) kept.set(request.id, request);
    return [...kept.values()];
  };

  const close = async () => {
    await everyRequest();
    isClosed = true;
    await sandbox.close();
  };
  onTestFinished(close);

  const control: TestSandbox['control'] = async (method, path, body) => {
    if (isForgetting(method, path)) await everyRequest();
    return send(method, path, body);
  };

  return {
    ...sandbox,
    close,
    control,
    requests,
    everyRequest,
    fail: async (rule) => {
      const response = await control('POST', '/faults', rule);
      if (response.status !== 201) throw new Error(await response.text());
      return (await response.json()) as InstalledRule;
    },
  };
};
