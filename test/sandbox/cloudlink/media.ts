import type { Switches } from '../../../src/sandbox/switches.ts';
import { withCloudlink } from './cloudlink.ts';
import type { Answer } from './cloudlink.ts';

export const CHLOE = 'chloe.martin@example.test';

export const MEDIA = '/media/2017-09-01';

/** CloudLink with somebody to ask its media service, who also takes the empty bodies of its commands. */
export const withMedia = async (switches: Partial<Switches> = {}) => {
  const cloudlink = await withCloudlink(switches);

  const media = async (token: string, method: string, path: string, json?: unknown): Promise<Answer> => {
    const response = await fetch(`${cloudlink.url}${MEDIA}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}` },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, headers: response.headers, body };
  };

  /** Places a call from an endpoint and gives the PBX's id of it. */
  const place = async (token: string, endpointId: string, body: object): Promise<string> => {
    const answer = await media(token, 'POST', `/endpoints/${endpointId}/calls`, body);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return String(answer.body.callId).split('/').at(-1) ?? '';
  };

  /** The states of an endpoint's calls by their PBX id. */
  const statesOf = async (token: string, endpointId: string): Promise<Record<string, unknown>> => {
    const { body } = await media(token, 'GET', `/endpoints/${endpointId}/calls`);
    const { _embedded: embedded } = body as { _embedded?: { items: { callId: string; state: string }[] } };
    return Object.fromEntries(
      (embedded?.items ?? []).map(({ callId, state }) => [callId.split('/').at(-1), state]),
    );
  };

  const act = async (token: string, endpointId: string, id: string, action: string, rest: object = {}) =>
    media(token, 'PUT', `/endpoints/${endpointId}/calls/${id}`, { action, ...rest });

  /** Another number of seeded calls. */
  const reset = (calls: number) => cloudlink.control('POST', '/reset', { calls });

  return { ...cloudlink, media, place, statesOf, act, reset };
};
