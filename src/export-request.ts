import { HISTORY_PLACE } from './call-history.ts';
import { decodeCursor, toListKey } from './cursor.ts';
import { DATE_TIME_FORM, parseDateTime } from './date-time.ts';
import { badInput } from './input.ts';
import { historyIdentity, type HistoryArguments } from './schema/call-history-query.ts';
import type { HistoryTarget } from './schema/call-history-target.ts';
import { sourceNames, type SourceName } from './schema/past-call.ts';

/** Which calls somebody wants to download, and from where on. */
export interface ExportRequest {
  readonly target: HistoryTarget;
  readonly args: HistoryArguments;
  /** The list that its cursors are of: the same as in GraphQL, so that either goes on where the other stopped. */
  readonly list: string;
  readonly place: string | null;
  readonly withRecordings: boolean;
}

const known = new Set([
  'from',
  'to',
  'person',
  'account',
  'domain',
  'direction',
  'missed',
  'source',
  'recordings',
  'after',
]);

const readTime = (name: string, text: string | null): Date => {
  const time = parseDateTime(text ?? '');
  if (time === null)
    throw badInput(
      name,
      `must be ${text === null ? 'given, as ' : ''}${DATE_TIME_FORM}; a + is written %2B in an address.`,
    );
  return time;
};

const readOneOf = <Value extends string>(
  name: string,
  text: string | null,
  values: readonly Value[],
): Value | undefined => {
  if (text === null) return undefined;
  const found = values.find((value) => value === text);
  if (found === undefined) throw badInput(name, `must be one of ${values.join(', ')}.`);
  return found;
};

const readBoolean = (name: string, text: string | null): boolean | undefined => {
  const value = readOneOf(name, text, ['true', 'false']);
  return value === undefined ? undefined : value === 'true';
};

/** What the query of an address asks for. Refuses a name that it does not know: a slip of the pen would widen the answer. */
export const parseExportRequest = (query: URLSearchParams): ExportRequest => {
  for (const name of new Set(query.keys())) {
    if (!known.has(name)) throw badInput(name, `is not known here. Known are ${[...known].join(', ')}.`);
    if (query.getAll(name).length > 1) throw badInput(name, 'must be given once.');
  }
  const source = readOneOf<SourceName>('source', query.get('source'), sourceNames);
  const target = {
    person: query.get('person'),
    account: query.get('account'),
    domain: query.get('domain'),
  };
  const args = {
    from: readTime('from', query.get('from')),
    to: readTime('to', query.get('to')),
    direction: readOneOf('direction', query.get('direction'), ['INBOUND', 'OUTBOUND', 'INTERNAL']),
    missed: readBoolean('missed', query.get('missed')),
    sources: source === undefined ? undefined : [source],
  };
  const list = toListKey(historyIdentity(target, args));
  const after = query.get('after');
  return {
    target,
    args,
    list,
    place: after === null ? null : decodeCursor(list, after, HISTORY_PLACE),
    withRecordings: readBoolean('recordings', query.get('recordings')) ?? true,
  };
};
