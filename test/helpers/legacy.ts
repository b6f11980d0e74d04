import type { Person, TestGateway } from './gateway.ts';
import type { TestSandbox } from './sandbox.ts';

export const ACME = 'acme.12345.service';
export const GLOBEX = 'globex.67890.service';

export type RawRow = Readonly<Record<string, string>>;

/** The data calls that reached the legacy platform: their action and what was in their bodies. */
export const legacyCalls = async (sandbox: TestSandbox, object = 'subscriber'): Promise<readonly RawRow[]> =>
  (await sandbox.requests(`object=${object}`)).map(({ action, body }) => ({
    action: String(action),
    ...Object.fromEntries(new URLSearchParams(body)),
  }));

/** The rows the platform holds, read past the gateway with somebody's own token. */
export const readRaw = async (
  gateway: TestGateway,
  parameters: Readonly<Record<string, string>>,
  person: Person = 'ada',
  operation = 'object=subscriber&action=read',
): Promise<readonly RawRow[]> => {
  const { subscriber } = await gateway.tokens(person);
  const response = await fetch(`${gateway.sandbox.url}/ns-api/?${operation}`, {
    method: 'POST',
    headers: { authorization: subscriber['x-subscriber-authorization'] ?? '' },
    body: new URLSearchParams({ format: 'json', ...parameters }),
  });
  return (await response.json()) as readonly RawRow[];
};
