import { Agent, request as send } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Instance } from '../../helpers/instance.ts';
import { globalId } from '../../helpers/global-id.ts';
import type { Someone } from '../people.ts';

const QUICK = { query: '{ users(first: 1) { nodes { name } } }', variables: {} };
const SLOW = {
  query: 'query ($id: ID!) { endpoint(id: $id) { name } }',
  variables: { id: globalId('cloudlink', 'Endpoint', '1001') },
};
/** One of so many is under way for as long as the sandbox takes for a telephone. */
const SLOW_EVERY = 10;
const MOST_TRIES = 3;

/** What became of one request, wherever it was answered. */
export interface Outcome {
  readonly isGood: boolean;
  readonly ms: number;
  /** How much later than it was due it was sent. */
  readonly lateMs: number;
}

export interface RestartLoad {
  readonly outcomes: readonly Outcome[];
  /** How often an instance took no connection, so that its client went to another one. */
  readonly refused: () => number;
  /** Ids of requests whose connection ended before an answer, so that their client went to another instance. */
  readonly broken: readonly string[];
  /** Why the first requests failed that did. */
  readonly reasons: readonly string[];
  end(): Promise<void>;
}

/**
 * Reads, each sent when it is due however many are under way, over connections that stay open. Each begins at the next
 * instance, whether or not that is stopping, as a balancer does which has not looked yet, and goes to another one where
 * there is no connection to it.
 */
export const startRestartLoad = (
  instances: readonly Instance[],
  people: readonly Someone[],
  perSecond: number,
): RestartLoad => {
  const agent = new Agent({ keepAlive: true });
  const ending = new AbortController();
  const outcomes: Outcome[] = [];
  const broken: string[] = [];
  const reasons: string[] = [];
  let refused = 0;

  /** The answer's text; rejects where the connection fails. */
  const exchange = (url: string, id: string, { credentials }: Someone, body: object): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'x-request-id': id, ...credentials };
      const request = send(`${url}/graphql`, { method: 'POST', agent, headers });
      request.once('error', reject);
      request.once('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.once('error', reject);
        response.once('end', () => resolve(Buffer.concat(pieces).toString()));
      });
      request.end(JSON.stringify(body));
    });

  const ask = async (number: number): Promise<boolean> => {
    const person = people[number % people.length];
    const body = number % SLOW_EVERY === 0 ? SLOW : QUICK;
    let reason = '';
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
      const instance = instances[(number + attempt) % instances.length];
      if (person === undefined || instance === undefined)
        throw new Error('nobody asks, or there is nobody to be asked');
      const id = `restart-${number}-${attempt}`;
      try {
        const text = await exchange(instance.url, id, person, body);
        if (!text.includes('"errors"')) return true;
        reasons.push(text);
        return false;
      } catch (error) {
        reason = String(error);
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') refused += 1;
        else broken.push(id);
      }
    }
    reasons.push(reason);
    return false;
  };

  const askWhenDue = async (number: number, dueAt: number) => {
    const sentAt = performance.now();
    const isGood = await ask(number);
    outcomes.push({ isGood, ms: performance.now() - sentAt, lateMs: Math.max(0, sentAt - dueAt) });
  };

  const run = async () => {
    const began = performance.now();
    const asking: Promise<void>[] = [];
    for (let number = 0; !ending.signal.aborted; number += 1) {
      const dueAt = began + (number * 1000) / perSecond;
      // This paces the load, and waits for no result.
      await delay(Math.max(0, dueAt - performance.now()));
      asking.push(askWhenDue(number, dueAt));
    }
    await Promise.all(asking);
    agent.destroy();
  };
  const running = run();

  return {
    outcomes,
    refused: () => refused,
    broken,
    reasons,
    end: async () => {
      ending.abort();
      await running;
    },
  };
};
