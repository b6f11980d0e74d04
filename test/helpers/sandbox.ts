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
}

/** Starts a sandbox on a free port; it is closed when the test is over. */
export const withSandbox = async (options: SandboxOptions = {}): Promise<TestSandbox> => {
  const sandbox = await createSandbox({ port: 0, ...options });
  onTestFinished(() => sandbox.close());

  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${sandbox.url}/_sandbox${path}`, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });

  return {
    ...sandbox,
    control,
    fail: async (rule) => {
      const response = await control('POST', '/faults', rule);
      if (response.status !== 201) throw new Error(await response.text());
      return (await response.json()) as InstalledRule;
    },
    requests: async (query = '') => {
      const response = await control('GET', `/requests${query && `?${query}`}`);
      if (response.status !== 200) throw new Error(await response.text());
      return ((await response.json()) as { requests: readonly LoggedRequest[] }).requests;
    },
  };
};
