import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES, readBody } from './body.ts';
import type { Delivery } from './delivery.ts';
import type { Incoming } from './exchange.ts';
import { refusal } from './reply.ts';
import { parseTarget } from './target.ts';

export interface ConverseOptions {
  readonly onBody?: (body: Buffer) => void;
  readonly answer: (incoming: Incoming) => void | Promise<void>;
  /** Told of every defect of the sandbox, so that it is not mistaken for a quirk of a platform. */
  readonly report: (error: unknown) => void;
}

/** Reads a request whole and has it answered; what `answer` throws is reported and becomes a 500. */
export const converse = async (
  request: IncomingMessage,
  delivery: Delivery,
  { onBody, answer, report }: ConverseOptions,
): Promise<void> => {
  const { method = '', url = '', headers } = request;
  const body = await readBody(request);
  if (!body) return;
  onBody?.(body.content);
  if (body.isTooLarge) return delivery.send(refusal(413, `A body has at most ${MAX_BODY_BYTES} bytes.`));
  try {
    await answer({ method, ...parseTarget(url), headers, body: body.content });
  } catch (error) {
    report(error);
    delivery.send(
      refusal(500, `The sandbox itself failed: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
};
