/** One figure of a closing note: what was measured, what it may be at most or must be, and whether it is. */
export interface Row {
  readonly goal: string;
  readonly what: string;
  readonly figure: string;
  readonly bound: string;
  /** Null where there is no bound. */
  readonly isMet: boolean | null;
}

export const exactly = (goal: string, what: string, value: number, wanted = 0): Row => ({
  goal,
  what,
  figure: value.toLocaleString('en'),
  bound: String(wanted),
  isMet: value === wanted,
});

export const atMost = (goal: string, what: string, value: number, most: number, unit = ''): Row => ({
  goal,
  what,
  figure: `${value.toLocaleString('en', { maximumFractionDigits: 1 })}${unit}`,
  bound: `<= ${most}${unit}`,
  isMet: value <= most,
});

export const atLeast = (goal: string, what: string, value: number, least: number, unit = ''): Row => ({
  goal,
  what,
  figure: `${value.toLocaleString('en', { maximumFractionDigits: 3 })}${unit}`,
  bound: `>= ${least}${unit}`,
  isMet: value >= least,
});

/** What is told beside, without a bound. */
export const aside = (goal: string, what: string, figure: string): Row => ({
  goal,
  what,
  figure,
  bound: '',
  isMet: null,
});

const toWord = (isMet: boolean | null): string => {
  if (isMet === null) return '';
  return isMet ? 'met' : '**missed**';
};

/** A table in Markdown. */
export const toTable = (rows: readonly Row[]): string =>
  [
    '| goal | what | figure | bound | |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ goal, what, figure, bound, isMet }) =>
        `| ${goal} | ${what} | ${figure} | ${bound} | ${toWord(isMet)} |`,
    ),
  ].join('\n');
