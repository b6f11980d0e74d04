/** Whether one more try may be sent. Retries stay a small share of all calls, so that an outage is not amplified (R2). */
export interface RetryBudget {
  /** A call was sent for the first time. */
  earn(): void;
  /** Takes the price of one retry, or says that there is none left. */
  spend(): boolean;
}

/** `ratio` retries for each call, with `reserve` of them saved up at most. */
export const createRetryBudget = (ratio = 0.2, reserve = 10): RetryBudget => {
  let balance = reserve;
  return {
    earn: () => {
      balance = Math.min(reserve, balance + ratio);
    },
    spend: () => {
      if (balance < 1) return false;
      balance -= 1;
      return true;
    },
  };
};
