package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads expressions, with the precedence of jinja2's parser. */
final class ExpressionParser {
  private static final int MAX_NESTING = 100;

  private final TokenStream stream;
  private final NameUse names;
  private final SuffixParser suffixes;
  private int nesting;

  ExpressionParser(TokenStream stream, NameUse names) {
    this.stream = stream;
    this.names = names;
    this.suffixes = new SuffixParser(stream, names, this);
  }

  /** What may follow a value. */
  SuffixParser suffixes() {
    return suffixes;
  }

  static Expression located(Expression expression, Position position) {
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
    value = suffixes.postfix(value);
    return withFilters ? suffixes.filtersAndTests(value) : value;
  }

  /** A name, a literal, or what stands in brackets. */
  Expression primary() {
    Token token = stream.next();
    return switch (token.type()) {
      case NAME -> named(token.text());
      case STRING -> new Literals.Constant(joined(token));
      case INTEGER, FLOAT -> new Literals.Constant(token.value());
      default -> bracketed(token);
    };
  }

  /** Neighbouring string literals are one text. */
  private String joined(Token first) {
    StringBuilder text = new StringBuilder(first.text());
    while (stream.current().is(Token.Type.STRING)) {
      text.append(stream.next().text());
    }
    return text.toString();
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
    return switch (name) {
      case "true", "True" -> new Literals.Constant(true);
      case "false", "False" -> new Literals.Constant(false);
      case "none", "None" -> new Literals.Constant(None.NONE);
      default -> {
        names.loaded(name);
        yield new Access.Name(name);
      }
    };
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
}
