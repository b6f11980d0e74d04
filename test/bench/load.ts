import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What every answer has to be. */
  readonly expected: string;
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Sends the same request over and over, one at a time on each connection, and tells how many a second were answered.
 * Rejects at the first answer that is not the expected one.
 */
export const measureRate = async ({
  url,
  headers,
  body,
  expected,
  connections,
  seconds,
}: Load): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const length = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const send = () =>
    new Promise<string>((resolve, reject) => {
      request(url, { method: 'POST', agent, headers: { ...headers, ...length } })
        .on('response', (response) => void text(response).then(resolve, reject))
        .on('error', reject)
        .end(body);
    });
  const started = performance.now();
  const end = started + seconds * 1000;
  let answered = 0;
  const repeat = async () => {
    while (performance.now() < end) {
      const answer = await send();
      if (answer !== expected) throw new Error(`${url} answered ${answer.slice(0, 200)}`);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, repeat));
  agent.destroy();
  return answered / ((performance.now() - started) / 1000);
};
