package org.plumbline.model.chat.jinja;

import java.util.List;

/** Tokens one after another, the end of the template as the last. */
final class TokenStream {
  private final List<Token> tokens;
  private int at;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  /** The token after the current one. */
  Token look() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  /** Takes the current token. */
  Token next() {
    Token token = current();
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  boolean skipName(String name) {
    boolean found = current().isName(name);
    if (found) {
      next();
    }
    return found;
  }

  boolean skipOperator(String operator) {
    boolean found = current().isOperator(operator);
    if (found) {
      next();
    }
    return found;
  }

  Token expect(Token.Type type) {
    return expect(current().is(type), type.words());
  }

  Token expectName(String name) {
    return expect(current().isName(name), name);
  }

  Token expectOperator(String operator) {
    return expect(current().isOperator(operator), operator);
  }

  private Token expect(boolean found, String expected) {
    if (found) {
      return next();
    }
    if (current().is(Token.Type.END)) {
      throw error("unexpected end of template, expected '%s'.".formatted(expected));
    }
    throw error("expected token '%s', got '%s'".formatted(expected, current().described()));
  }

  TemplateException error(String reason) {
    return TemplateException.syntax(reason, current().position());
  }
}
