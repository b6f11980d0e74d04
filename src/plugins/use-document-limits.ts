import { GraphQLError, Lexer, Source, TokenKind, type Token } from 'graphql';
import type { Plugin } from 'graphql-yoga';

export interface DocumentLimits {
  /** Tokens in a document at most: the size of what has to be parsed, validated and executed. */
  readonly documentTokens: number;
  /** Brackets of any kind open at once at most: whatever walks through a document calls itself that often. */
  readonly documentDepth: number;
}

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Reads tokens until too many brackets are open. */
class ShallowLexer extends Lexer {
  readonly #limit: number;
  #depth = 0;

  constructor(source: Source, limit: number) {
    super(source);
    this.#limit = limit;
  }

  override advance(): Token {
    const token = super.advance();
    if (closing.has(token.kind)) this.#depth -= 1;
    if (opening.has(token.kind)) this.#depth += 1;
    if (this.#depth > this.#limit) {
      throw new GraphQLError(`The document is nested more than ${this.#limit} brackets deep.`, {
        source: this.source,
        positions: [token.start],
      });
    }
    return token;
  }
}

/** Refuses documents that are too large or too deep, while they are being parsed. */
export const useDocumentLimits = ({ documentTokens, documentDepth }: DocumentLimits): Plugin => ({
  onParse: ({ parseFn, setParseFn }) => {
    setParseFn((text: string | Source, options: object) => {
      const source = text instanceof Source ? text : new Source(text);
      return parseFn(source, {
        ...options,
        maxTokens: documentTokens,
        lexer: new ShallowLexer(source, documentDepth),
      });
    });
  },
});
