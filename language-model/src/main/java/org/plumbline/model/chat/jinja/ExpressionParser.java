package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads expressions, with the precedence of jinja2's parser. */
final class ExpressionParser {
  private static final int MAX_NESTING = 100;
  private static final Expression NO_BOUND = new Literals.Constant(None.NONE);

  private final TokenStream stream;
  private final NameUse names;
  private int nesting;

  ExpressionParser(TokenStream stream, NameUse names) {
    this.stream = stream;
    this.names = names;
  }

  private static Expression located(Expression expression, Position position) {
    return new Located(expression, position);
  }

  /** Goes one level down, no deeper than the Java stack allows. */
  <T> T nested(Supplier<T> rule) {
    if (++nesting > MAX_NESTING) {
      throw stream.error("nested more than %d levels deep".formatted(MAX_NESTING));
    }
    T result = rule.get();
    nesting--;
    return result;
  }

  /** A whole expression, an inline if included. */
  Expression expression() {
    return nested(this::conditional);
  }

  private Expression conditional() {
    int mark = names.mark();
    Position position = stream.current().position();
    Expression value = or();
    while (stream.skipName("if")) {
      Expression condition = or();
      Optional<Expression> other =
          stream.skipName("else") ? Optional.of(expression()) : Optional.empty();
      names.forgiveSince(mark);
      value = located(new Operations.Conditional(condition, value, other), position);
    }
    return value;
  }

  /** An expression without an inline if. */
  Expression or() {
    Expression left = and();
    while (stream.skipName("or")) {
      left = new Operations.Or(left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (stream.skipName("and")) {
      left = new Operations.And(left, not());
    }
    return left;
  }

  private Expression not() {
    if (stream.skipName("not")) {
      return new Operations.Not(nested(this::not));
    }
    return comparison();
  }

  private Expression comparison() {
    Position position = stream.current().position();
    Expression first = sum();
    List<Operations.Comparison.Step> steps = new ArrayList<>();
    for (String operator = comparator(); operator != null; operator = comparator()) {
      steps.add(new Operations.Comparison.Step(operator, sum()));
    }
    return steps.isEmpty() ? first : located(new Operations.Comparison(first, steps), position);
  }

  private @Nullable String comparator() {
    Token token = stream.current();
    if (token.is(Token.Type.OPERATOR)
        && List.of("==", "!=", "<", "<=", ">", ">=").contains(token.text())) {
      return stream.next().text();
    }
    if (stream.skipName("in")) {
      return "in";
    }
    if (token.isName("not") && stream.look().isName("in")) {
      stream.next();
      stream.next();
      return "not in";
    }
    return null;
  }

  private Expression binary(Supplier<Expression> operand, List<String> operators) {
    Expression left = operand.get();
    while (stream.current().is(Token.Type.OPERATOR)
        && operators.contains(stream.current().text())) {
      Token operator = stream.next();
      left =
          located(new Operations.Binary(operator.text(), left, operand.get()), operator.position());
    }
    return left;
  }

  private Expression sum() {
    return binary(this::concatenation, List.of("+", "-"));
  }

  private Expression concatenation() {
    Position position = stream.current().position();
    List<Expression> parts = new ArrayList<>(List.of(product()));
    while (stream.skipOperator("~")) {
      parts.add(product());
    }
    return parts.size() == 1
        ? parts.get(0)
        : located(new Operations.Concatenation(parts), position);
  }

  private Expression product() {
    return binary(this::power, List.of("*", "/", "//", "%"));
  }

  private Expression power() {
    return binary(() -> unary(true), List.of("**"));
  }

  private Expression unary(boolean withFilters) {
    Token token = stream.current();
    Expression value;
    if (stream.skipOperator("-") || stream.skipOperator("+")) {
      Expression inner = nested(() -> unary(false));
      value = located(new Operations.Signed(token.text(), inner), token.position());
    } else {
      value = primary();
    }
    value = postfix(value);
    return withFilters ? filtersAndTests(value) : value;
  }

  private Expression primary() {
    Token token = stream.next();
    switch (token.type()) {
      case NAME:
        return named(token.text());
      case STRING:
        StringBuilder text = new StringBuilder(token.text());
        while (stream.current().is(Token.Type.STRING)) {
          text.append(stream.next().text());
        }
        return new Literals.Constant(text.toString());
      case INTEGER, FLOAT:
        return new Literals.Constant(token.value());
      default:
        return bracketed(token);
    }
  }

  private Expression bracketed(Token token) {
    if (token.isOperator("(")) {
      Expression inner = tuple(this::expression, () -> stream.current().isOperator(")"), true);
      stream.expectOperator(")");
      return inner;
    } else if (token.isOperator("[")) {
      return list();
    } else if (token.isOperator("{")) {
      return dict(token.position());
    }
    throw TemplateException.syntax(
        "unexpected '%s'".formatted(token.described()), token.position());
  }

  private Expression named(String name) {
    switch (name) {
      case "true", "True":
        return new Literals.Constant(true);
      case "false", "False":
        return new Literals.Constant(false);
      case "none", "None":
        return new Literals.Constant(None.NONE);
      default:
        names.loaded(name);
        return new Access.Name(name);
    }
  }

  /** One expression, or a tuple of several with commas between them. */
  Expression tuple() {
    return tuple(this::expression, this::isTagEnd, false);
  }

  /** As {@link #tuple()}, for a place where an {@code if} means something else. */
  Expression tupleWithoutCondition() {
    return tuple(this::or, () -> isTagEnd() || stream.current().isName("recursive"), false);
  }

  private boolean isTagEnd() {
    Token token = stream.current();
    return token.is(Token.Type.VARIABLE_END)
        || token.is(Token.Type.BLOCK_END)
        || token.isOperator(")");
  }

  private Expression tuple(
      Supplier<Expression> element, Supplier<Boolean> ended, boolean mayBeEmpty) {
    List<Expression> items = new ArrayList<>();
    boolean isTuple = false;
    while (!ended.get()) {
      items.add(element.get());
      if (!stream.skipOperator(",")) {
        break;
      }
      isTuple = true;
    }
    if (items.isEmpty() && !mayBeEmpty) {
      throw stream.error(
          "Expected an expression, got '%s'".formatted(stream.current().described()));
    }
    return isTuple || items.isEmpty() ? new Literals.TupleLiteral(items) : items.get(0);
  }

  private Expression list() {
    List<Expression> items = new ArrayList<>();
    while (!stream.current().isOperator("]")) {
      items.add(expression());
      if (!stream.skipOperator(",")) {
        break;
      }
    }
    stream.expectOperator("]");
    return new Literals.ListLiteral(items);
  }

  private Expression dict(Position position) {
    List<Literals.DictLiteral.Entry> entries = new ArrayList<>();
    while (!stream.current().isOperator("}")) {
      Expression key = expression();
      stream.expectOperator(":");
      entries.add(new Literals.DictLiteral.Entry(key, expression()));
      if (!stream.skipOperator(",")) {
        break;
      }
    }
    stream.expectOperator("}");
    return located(new Literals.DictLiteral(entries), position);
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      Token token = stream.current();
      if (token.isOperator(".")) {
        value = located(attribute(value), token.position());
      } else if (token.isOperator("[")) {
        value = located(subscript(value), token.position());
      } else if (token.isOperator("(")) {
        value = located(new Calls.Call(value, arguments()), token.position());
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
    Expression start = stream.current().isOperator(":") ? NO_BOUND : expression();
    if (stream.skipOperator(":")) {
      Expression stop = bound();
      Expression step = stream.skipOperator(":") ? bound() : NO_BOUND;
      stream.expectOperator("]");
      return new Access.Slice(owner, start, stop, step);
    }
    List<Expression> keys = new ArrayList<>(List.of(start));
    while (stream.skipOperator(",")) {
      keys.add(expression());
    }
    stream.expectOperator("]");
    return new Access.Item(owner, keys.size() == 1 ? start : new Literals.TupleLiteral(keys));
  }

  private Expression bound() {
    Token token = stream.current();
    return token.isOperator(":") || token.isOperator("]") ? NO_BOUND : expression();
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
        spread = Optional.of(expression());
      } else if (stream.skipOperator("**")) {
        spreadKeywords = Optional.of(expression());
      } else if (stream.current().is(Token.Type.NAME) && stream.look().isOperator("=")) {
        String name = stream.next().text();
        stream.next();
        valid &= keywords.put(name, expression()) == null;
      } else {
        valid &= spread.isEmpty() && keywords.isEmpty();
        positional.add(expression());
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

  private Expression filtersAndTests(Expression start) {
    Expression value = start;
    while (true) {
      Token token = stream.current();
      if (token.isOperator("|")) {
        stream.next();
        value = filter(value);
      } else if (token.isName("is")) {
        value = test(value);
      } else if (token.isOperator("(")) {
        value = located(new Calls.Call(value, arguments()), token.position());
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
    return located(new Calls.FilterCall(value, name, arguments), position);
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
    if (!Tests.isKnown(name)) {
      names.unknown("No test named '%s'.".formatted(name), position);
    }
    Expression test = located(new Calls.TestCall(value, name, testArguments()), position);
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
    return Calls.ArgumentList.of(postfix(primary()));
  }
}
