/** A finished call as CloudLink remembers it: a seeded one or one of the simulator. */
export interface PastCall {
  /** The GUID by which records and recordings know it (facts §6.3). */
  readonly callId: string;
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly from: PastSide;
  readonly to: PastSide;
  /** Milliseconds since the epoch, when it began to ring. */
  readonly startedAt: number;
  readonly ringSeconds: number;
  /** 0 where nobody answered. */
  readonly talkSeconds: number;
  /** Why it went as it did; absent for a call that went the usual way. */
  readonly cause?: string;
  /** Absent where it follows from the talk: a short one may round to 0 seconds. */
  readonly isAnswered?: boolean;
  readonly isRecorded: boolean;
}

export interface PastSide {
  readonly number: string;
  readonly name: string;
  /** A colleague; `cloudlink` is absent for one whom only the legacy side knows. */
  readonly person: { readonly userId: string; readonly cloudlink?: object } | null;
}

/** CloudLink's id of whoever was on this side, where it knows them. */
export const principalOf = ({ person }: PastSide): string | undefined =>
  person?.cloudlink === undefined ? undefined : person.userId;

export const principalsOf = ({ from, to }: PastCall): readonly string[] =>
  [principalOf(from), principalOf(to)].filter((id) => id !== undefined);
