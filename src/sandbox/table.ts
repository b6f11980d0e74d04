/**
 * Told of every change: the object it is of, the record as it is now (or was, where it was removed), and as it was
 * before, where it was there.
 */
export type ChangeListener = (object: string, record: unknown, removed: boolean, before?: unknown) => void;

/** A map of records that tells its listeners of every change but not of what it starts with. */
export class Table<Value> extends Map<string, Value> {
  readonly #object: string;
  readonly #listeners: readonly ChangeListener[];

  constructor(
    object: string,
    listeners: readonly ChangeListener[],
    start: Iterable<readonly [string, Value]> = [],
  ) {
    super();
    this.#object = object;
    this.#listeners = listeners;
    for (const [key, record] of start) super.set(key, record);
  }

  override set(key: string, record: Value): this {
    const before = this.get(key);
    super.set(key, record);
    for (const onChange of this.#listeners) onChange(this.#object, record, false, before);
    return this;
  }

  override delete(key: string): boolean {
    const record = this.get(key);
    const isGone = super.delete(key);
    if (isGone) for (const onChange of this.#listeners) onChange(this.#object, record, true, record);
    return isGone;
  }
}
