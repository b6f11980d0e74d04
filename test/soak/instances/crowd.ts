import { CALL_EVENTS, callKeyOf } from '../../helpers/call-traffic.ts';
import type { Fleet, FleetPerson } from '../../helpers/fleet.ts';
import type { Instance } from '../../helpers/instance.ts';
import { startLiveClient, type LiveClient } from '../../helpers/live-client.ts';
import { streams, type StreamName } from '../../helpers/live-stream.ts';

export const accounts = {
  acme: '00000001-5eed-4000-8000-000000000001',
  globex: '00000001-5eed-4000-8000-000000000002',
} as const;

const transportOf = (index: number): StreamName => (index % 2 === 0 ? 'websocket' : 'sse');

/** What belongs to the clients of one transport, of what is listed in the order of {@link startClients}. */
export const ofTransport = <One>(all: readonly One[], name: StreamName): readonly One[] =>
  all.filter((_one, index) => transportOf(index) === name);

/** Answers an instance that is up; where there are several, another one than the last time. */
export const createPick = ({ instances, pick }: Pick<Fleet, 'instances' | 'pick'>) => {
  let last: Instance | undefined;
  return (): string => {
    const others = instances.filter((instance) => instance.isUp() && instance !== last);
    last = others[Math.floor(Math.random() * others.length)] ?? pick();
    return last.url;
  };
};

/** So many clients of one person, over both transports by turns, which come back to another instance each time. */
export const startClients = async (
  fleet: Fleet,
  person: FleetPerson,
  count: number,
): Promise<readonly LiveClient[]> => {
  const credentials = await fleet.tokenOf(person);
  return Array.from({ length: count }, (_, index) =>
    startLiveClient({
      stream: streams[transportOf(index)],
      credentials,
      query: CALL_EVENTS,
      keyOf: callKeyOf,
      pick: createPick(fleet),
    }),
  );
};

export const stopClients = async (clients: readonly LiveClient[]): Promise<void> => {
  await Promise.all(clients.map((client) => client.stop()));
};

export const crashesOf = ({ instances }: Fleet): number =>
  instances.reduce((sum, { crashes }) => sum + crashes(), 0);

/** How often the clients were told this. */
export const countCode = (clients: readonly LiveClient[], code: string): number =>
  clients.flatMap(({ codes }) => codes).filter((one) => one === code).length;

/** What the instances have said, and how often. */
export const sayingsOf = ({ instances }: Fleet): string => {
  const counts = new Map<string, number>();
  for (const { msg, reason = '' } of instances.flatMap(({ log }) => log())) {
    const saying = `${msg} ${reason}`.trim();
    counts.set(saying, (counts.get(saying) ?? 0) + 1);
  }
  return [...counts].map(([saying, count]) => `  ${count} x ${saying}`).join('\n');
};
