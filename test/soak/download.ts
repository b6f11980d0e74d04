import { createHash } from 'node:crypto';

/** What an export gave: its calls in order, and its last line. */
export interface Download {
  readonly calls: number;
  /** Stands for every call that was told, in its order. */
  readonly digest: string;
  readonly isDistinct: boolean;
  readonly cuts: number;
}

interface Line {
  readonly kind: string;
  readonly cursor: string | null;
  readonly calls?: number;
  readonly recordId?: string | null;
  readonly detailId?: string | null;
}

/** The lines of an answer, as far as they are whole. */
async function* linesOf(response: Response): AsyncGenerator<Line, void, undefined> {
  let rest = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}

/** Downloads an export as NDJSON. Cuts the connection after each of so many lines, and goes on behind the last whole one. */
export const download = async (
  url: string,
  headers: Readonly<Record<string, string>>,
  cutAfter: readonly number[] = [],
): Promise<Download> => {
  const hash = createHash('sha256');
  const ids = new Set<string>();
  let calls = 0;
  let cursor: string | null = null;
  for (let cuts = 0; ; cuts += 1) {
    const connection = new AbortController();
    const response: Response = await fetch(cursor === null ? url : `${url}&after=${cursor}`, {
      headers,
      signal: connection.signal,
    });
    if (!response.ok) throw new Error(await response.text());
    let lines = 0;
    for await (const line of linesOf(response)) {
      if (line.kind === 'end')
        return { calls, digest: hash.digest('hex'), isDistinct: ids.size === calls, cuts };
      if (line.kind !== 'call') throw new Error(JSON.stringify(line));
      const id = line.recordId ?? line.detailId ?? '';
      ids.add(id);
      hash.update(id);
      calls += 1;
      lines += 1;
      cursor = line.cursor;
      if (lines === cutAfter[cuts]) break;
    }
    connection.abort();
    if (lines !== cutAfter[cuts]) throw new Error('the export ended without its last line');
  }
};
