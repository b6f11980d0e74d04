import type { Plugin } from 'graphql-yoga';

export interface DocumentLimits {
  /** Tokens in a document at most: the size of what has to be parsed, validated and executed. */
  readonly documentTokens: number;
}

/** Refuses documents that are too large, while they are being parsed. */
export const useDocumentLimits = ({ documentTokens }: DocumentLimits): Plugin => ({
  onParse: ({ parseFn, setParseFn }) => {
    setParseFn((source: string, options: object) =>
      parseFn(source, { ...options, maxTokens: documentTokens }),
    );
  },
});
