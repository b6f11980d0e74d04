import type { IncomingMessage, ServerResponse } from 'node:http';
import { converse, type ConverseOptions } from './converse.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import type { Incoming } from './exchange.ts';
import { perform } from './fault-effect.ts';
import type { Faults } from './faults.ts';
import { refusal } from './reply.ts';
import type { LogEntry, RequestLog } from './requests.ts';
import type { World } from './world.ts';

export interface DispatchOptions extends Pick<ConverseOptions, 'report'> {
  readonly world: World;
  readonly faults: Faults;
  readonly log: RequestLog;
}

/** The life of a request to a platform: logged, described, held against the faults, answered. */
export interface Dispatch {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Cuts every request that waits for a fault. */
  readonly interrupt: () => void;
}

export const createDispatch = ({ world, faults, log, report }: DispatchOptions): Dispatch => {
  const open = new Set<Delivery>();

  const notFound = (path: string) => {
    const known = world.platforms.map(({ name, prefixes }) => `${name} at ${prefixes.join(', ')}`).join('; ');
    return refusal(404, `The sandbox serves nothing at ${path}. It serves ${known}.`);
  };

  const answer = async (incoming: Incoming, url: string, entry: LogEntry, delivery: Delivery) => {
    const { name = null, platform } = world.platformFor(incoming) ?? {};
    const description = platform?.describe(incoming) ?? {};
    entry.note({ platform: name, ...description });
    const { latencyMs, fault } = faults.take({
      ...description,
      platform: name,
      method: incoming.method,
      url,
    });
    if (latencyMs !== undefined && !(await delivery.wait(latencyMs))) return;
    const victim = {
      platform: name,
      host: incoming.headers.host ?? 'localhost',
      answer: async () => platform?.handle(incoming) ?? notFound(incoming.path),
      refuseToken: () => platform?.refuseToken(incoming) ?? notFound(incoming.path),
    };
    await perform(fault, victim, delivery, world);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const entry = log.start(request);
    const delivery = createDelivery(request, response, {
      clock: world.clock,
      onStatus: (status) => entry.note({ status }),
      onAnswer: (content) => entry.noteAnswer(content),
      onEnd: (aborted) => {
        entry.end(aborted);
        open.delete(delivery);
      },
    });
    open.add(delivery);
    await converse(request, delivery, {
      onBody: (body) => entry.noteBody(body),
      answer: (incoming) => answer(incoming, request.url ?? '', entry, delivery),
      report,
    });
  };

  return {
    handle,
    interrupt: () => {
      for (const delivery of open) delivery.interrupt();
    },
  };
};
