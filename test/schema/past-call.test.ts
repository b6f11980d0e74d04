import { expect, it } from 'vitest';
import { withGateway } from '../helpers/gateway.ts';

const HOUR = 3_600_000;
const isoOf = (time: number) => new Date(time).toISOString();

const signedIn = async () => {
  const gateway = await withGateway();
  await gateway.sandbox.control('POST', '/reset', { calls: 2000 });
  const session = await gateway.signIn();
  const query = `{ callHistory(from: "${isoOf(Date.now() - 1000 * HOUR)}", to: "${isoOf(Date.now() + HOUR)}", first: 90) {
    nodes { recordings { source id } } } }`;
  const read = async () => {
    const { data, errors } = await gateway.execute(query, session);
    const nodes: any[] = data?.['callHistory'].nodes;
    return { recordings: nodes.map(({ recordings }) => recordings as any[]), errors };
  };
  return { gateway, read };
};

it.each([
  ['CLOUDLINK', 'SUBSCRIBER', { object: 'recording' }, 'subscriber'],
  ['SUBSCRIBER', 'CLOUDLINK', { route: 'GET /recordings' }, 'cloudlink'],
])(
  '%s tells its recordings where those of %s cannot be had, in whose place is the error',
  async (told, lost, match, platform) => {
    const { gateway, read } = await signedIn();
    const before = await read();
    expect(before.errors).toEqual([]);
    expect(before.recordings.flat().some(({ source }) => source === lost)).toBe(true);
    await gateway.sandbox.fail({ match, fault: { type: 'status', status: 500 } });

    const { recordings, errors } = await read();

    expect(recordings.map((list) => list.filter((one) => one !== null))).toEqual(
      before.recordings.map((list) => list.filter(({ source }) => source === told)),
    );
    const missing = recordings.flat().filter((one) => one === null).length;
    expect(missing).toBeGreaterThan(0);
    expect(errors.flatMap(({ path, extensions }) => extensions['paths'] ?? [path])).toHaveLength(missing);
    expect(new Set(errors.map(({ extensions }) => extensions['platform']))).toEqual(new Set([platform]));
  },
);
