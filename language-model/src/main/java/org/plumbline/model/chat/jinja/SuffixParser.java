package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what follows a value: attributes, elements, calls, filters and tests. */
final class SuffixParser {
  private static final Expression NO_BOUND = new Literals.Constant(None.NONE);

  private final TokenStream stream;
  private final NameUse names;
  private final ExpressionParser expressions;

  SuffixParser(TokenStream stream, NameUse names, ExpressionParser expressions) {
    this.stream = stream;
    this.names = names;
    this.expressions = expressions;
  }

  /** Attributes, elements and calls behind a value. */
  Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      Token token = stream.current();
      if (token.isOperator(".")) {
        value = ExpressionParser.located(attribute(value), token.position());
      } else if (token.isOperator("[")) {
        value = ExpressionParser.located(subscript(value), token.position());
      } else if (token.isOperator("(")) {
        value = ExpressionParser.located(new Calls.Call(value, arguments()), token.position());
      } else {
        return value;
      }
    }
  }

  private Expression attribute(Expression owner) {
    stream.next();
    Token name = stream.next();
    if (name.is(Token.Type.NAME)) {
      return new Access.Attribute(owner, name.text());
    }
    if (name.is(Token.Type.INTEGER)) {
      return new Access.Item(owner, new Literals.Constant(name.value()));
    }
    throw TemplateException.syntax("expected name or number", name.position());
  }

  private Expression subscript(Expression owner) {
    stream.next();
    Expression start = stream.current().isOperator(":") ? NO_BOUND : expressions.expression();
    if (stream.skipOperator(":")) {
      Expression stop = bound();
      Expression step = stream.skipOperator(":") ? bound() : NO_BOUND;
      stream.expectOperator("]");
      return new Access.Slice(owner, start, stop, step);
    }
    List<Expression> keys = new ArrayList<>(List.of(start));
    while (stream.skipOperator(",")) {
      keys.add(expressions.expression());
    }
    stream.expectOperator("]");
    return new Access.Item(owner, keys.size() == 1 ? start : new Literals.TupleLiteral(keys));
  }

  private Expression bound() {
    Token token = stream.current();
    return token.isOperator(":") || token.isOperator("]") ? NO_BOUND : expressions.expression();
  }

  /** What stands between a call's parentheses, these included. */
  Calls.ArgumentList arguments() {
    Position position = stream.expectOperator("(").position();
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> keywords = new LinkedHashMap<>();
    Optional<Expression> spread = Optional.empty();
    Optional<Expression> spreadKeywords = Optional.empty();
    while (!stream.current().isOperator(")")) {
      boolean valid = spreadKeywords.isEmpty();
      if (stream.skipOperator("*")) {
        valid &= spread.isEmpty();
        spread = Optional.of(expressions.expression());
      } else if (stream.skipOperator("**")) {
        spreadKeywords = Optional.of(expressions.expression());
      } else if (stream.current().is(Token.Type.NAME) && stream.look().isOperator("=")) {
        String name = stream.next().text();
        stream.next();
        valid &= keywords.put(name, expressions.expression()) == null;
      } else {
        valid &= spread.isEmpty() && keywords.isEmpty();
        positional.add(expressions.expression());
      }
      if (!valid) {
        throw TemplateException.syntax("invalid syntax for function call expression", position);
      }
      if (!stream.skipOperator(",")) {
        break;
      }
    }
    stream.expectOperator(")");
    return new Calls.ArgumentList(positional, keywords, spread, spreadKeywords);
  }

  /** Filters and tests behind a value, and calls of what they return. */
  Expression filtersAndTests(Expression start) {
    Expression value = start;
    while (true) {
      Token token = stream.current();
      if (token.isOperator("|")) {
        stream.next();
        value = filter(value);
      } else if (token.isName("is")) {
        value = test(value);
      } else if (token.isOperator("(")) {
        value = ExpressionParser.located(new Calls.Call(value, arguments()), token.position());
      } else {
        return value;
      }
    }
  }

  /** All filters of a block, the bar before the first of them optional. */
  Expression filters(Expression start) {
    Expression value = start;
    stream.skipOperator("|");
    do {
      value = filter(value);
    } while (stream.skipOperator("|"));
    return value;
  }

  private Expression filter(Expression value) {
    Position position = stream.current().position();
    String name = dottedName();
    if (!Filters.isKnown(name)) {
      names.unknown("No filter named '%s'.".formatted(name), position);
    }
    Calls.ArgumentList arguments =
        stream.current().isOperator("(") ? arguments() : Calls.ArgumentList.EMPTY;
    return ExpressionParser.located(new Calls.FilterCall(value, name, arguments), position);
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(stream.expect(Token.Type.NAME).text());
    while (stream.skipOperator(".")) {
      name.append('.').append(stream.expect(Token.Type.NAME).text());
    }
    return name.toString();
  }

  private Expression test(Expression value) {
    Position position = stream.next().position();
    boolean negated = stream.skipName("not");
    String name = dottedName();
    if (!Predicates.isKnown(name)) {
      names.unknown("No test named '%s'.".formatted(name), position);
    }
    Expression test =
        ExpressionParser.located(new Calls.TestCall(value, name, testArguments()), position);
    return negated ? new Operations.Not(test) : test;
  }

  private Calls.ArgumentList testArguments() {
    Token token = stream.current();
    if (token.isOperator("(")) {
      return arguments();
    }
    boolean operand =
        switch (token.type()) {
          case NAME -> !List.of("else", "or", "and").contains(token.text());
          case STRING, INTEGER, FLOAT -> true;
          default -> token.isOperator("[") || token.isOperator("{");
        };
    if (!operand) {
      return Calls.ArgumentList.EMPTY;
    }
    if (token.isName("is")) {
      throw stream.error("You cannot chain multiple tests with is");
    }
    return Calls.ArgumentList.of(postfix(expressions.primary()));
  }
}
