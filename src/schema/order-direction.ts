import { builder } from '../builder.ts';

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which end of an order comes first.',
  values: {
    ASC: { description: 'The least, or the oldest.' },
    DESC: { description: 'The most, or the newest.' },
  } as const,
});
