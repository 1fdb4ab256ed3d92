package org.plumbline.model.chat.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads statements. */
final class Parser {
  private static final Set<String> NEEDS_LOADER = Set.of("include", "import", "from", "extends");

  private final TokenStream stream;
  private final NameUse names = new NameUse();
  private final ExpressionParser expressions;
  private final Deque<List<String>> awaited = new ArrayDeque<>();
  private final Deque<String> open = new ArrayDeque<>();
  private int loops;
  private boolean generation;

  private Parser(TokenStream stream) {
    this.stream = stream;
    this.expressions = new ExpressionParser(stream, names);
  }

  /**
   * A template that was read.
   *
   * @param marksGeneration whether it has generation blocks
   */
  record Parsed(Body body, boolean marksGeneration) {}

  static Parsed parse(String template) {
    Parser parser = new Parser(new TokenStream(Lexer.tokens(template)));
    Body body = parser.statements(List.of());
    parser.names.requireKnownSince(0);
    return new Parsed(body, parser.generation);
  }

  /** Statements up to one of these tags, whose name is the current token then. */
  private Body statements(List<String> ends) {
    List<Statement> body = new ArrayList<>();
    awaited.push(ends);
    while (!stream.current().is(Token.Type.END)) {
      Token token = stream.next();
      if (token.is(Token.Type.DATA)) {
        body.add(new Statements.Text(token.text()));
      } else if (token.is(Token.Type.VARIABLE_BEGIN)) {
        body.add(print(token));
      } else if (stream.current().is(Token.Type.NAME) && ends.contains(stream.current().text())) {
        awaited.pop();
        return new Body(body);
      } else {
        body.add(expressions.nested(this::statement));
        stream.expect(Token.Type.BLOCK_END);
      }
    }
    if (!ends.isEmpty()) {
      throw stream.error("Unexpected end of template. " + expectation(""));
    }
    awaited.pop();
    return new Body(body);
  }

  private Statement print(Token begin) {
    Expression value = expressions.tuple();
    stream.expect(Token.Type.VARIABLE_END);
    return new Statements.LocatedStatement(new Statements.Print(value), begin.position());
  }

  /** The body of a tag up to its end tag, which is taken too. */
  private Body body(String end) {
    Body body = openBody(List.of(end));
    stream.next();
    return body;
  }

  private Body openBody(List<String> ends) {
    stream.skipOperator(":");
    stream.expect(Token.Type.BLOCK_END);
    return statements(ends);
  }

  private Statement statement() {
    Token tag = stream.expect(Token.Type.NAME);
    open.push(tag.text());
    Statement statement =
        switch (tag.text()) {
          case "if" -> ifStatement();
          case "for" -> loop();
          case "set" -> assignment();
          case "macro" -> macro();
          case "call" -> callBlock();
          case "filter" -> filterBlock();
          case "with" -> with();
          case "block" -> block();
          case "print" -> printAll(tag);
          case "generation" -> generation();
          case "break" -> jump(tag, Statement.Flow.BREAK);
          case "continue" -> jump(tag, Statement.Flow.CONTINUE);
          default -> throw unknownTag(tag);
        };
    open.pop();
    return new Statements.LocatedStatement(statement, tag.position());
  }

  private TemplateException unknownTag(Token tag) {
    open.pop();
    if (NEEDS_LOADER.contains(tag.text())) {
      return TemplateException.syntax(
          "tag '%s' needs other templates, which a chat template has not".formatted(tag.text()),
          tag.position());
    }
    return TemplateException.syntax(
        "Encountered unknown tag '%s'. %s".formatted(tag.text(), expectation(tag.text())).strip(),
        tag.position());
  }

  private String expectation(String found) {
    StringBuilder text = new StringBuilder();
    List<String> ends = awaited.isEmpty() ? List.of() : awaited.peek();
    if (!ends.isEmpty()) {
      String looking = "'" + String.join("' or '", ends) + "'";
      boolean nesting = awaited.stream().anyMatch(outer -> outer.contains(found));
      text.append(
          nesting
              ? "You probably made a nesting mistake. Jinja is expecting this tag, but currently"
                  + " looking for "
              : "Jinja was looking for the following tags: ");
      text.append(looking).append('.');
    }
    if (!open.isEmpty()) {
      text.append(" The innermost block that needs to be closed is '%s'.".formatted(open.peek()));
    }
    return text.toString();
  }

  private Statement ifStatement() {
    int mark = names.mark();
    List<Statements.If.Branch> branches = new ArrayList<>();
    Body otherwise = Body.EMPTY;
    while (true) {
      Expression condition = expressions.tupleWithoutCondition();
      branches.add(new Statements.If.Branch(condition, openBody(List.of("elif", "else", "endif"))));
      String tag = stream.next().text();
      if (tag.equals("else")) {
        otherwise = body("endif");
      }
      if (!tag.equals("elif")) {
        names.forgiveSince(mark);
        return new Statements.If(branches, otherwise);
      }
    }
  }

  private Statement loop() {
    Target target = targets(false);
    stream.expectName("in");
    Expression elements = expressions.tupleWithoutCondition();
    int mark = names.mark();
    Optional<Expression> condition =
        stream.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
    boolean recursive = stream.skipName("recursive");
    loops++;
    Body body = openBody(List.of("endfor", "else"));
    loops--;
    Body otherwise = stream.next().isName("else") ? body("endfor") : Body.EMPTY;
    names.requireKnownSince(mark);
    return new Loop(target, elements, condition, recursive, body, otherwise);
  }

  private Statement jump(Token tag, Statement.Flow flow) {
    if (loops == 0) {
      throw TemplateException.syntax("'%s' outside loop".formatted(tag.text()), tag.position());
    }
    return new Statements.Jump(flow);
  }

  private Statement assignment() {
    Target target = targets(true);
    if (stream.skipOperator("=")) {
      return new Statements.Assignment(target, expressions.tuple());
    }
    Expression captured = new Access.Name(Statements.CAPTURED);
    Expression filter =
        stream.current().isOperator("|") ? expressions.suffixes().filters(captured) : captured;
    int mark = names.mark();
    Body body = body("endset");
    names.requireKnownSince(mark);
    return new Statements.BlockAssignment(target, filter, body);
  }

  /** One target, or several with commas between them. */
  private Target targets(boolean attributes) {
    List<Target> targets = new ArrayList<>(List.of(target(attributes)));
    boolean isTuple = false;
    while (stream.skipOperator(",")) {
      isTuple = true;
      Token token = stream.current();
      boolean another = token.is(Token.Type.NAME) || token.isOperator("(");
      if (!another || token.isName("in")) {
        break;
      }
      targets.add(target(attributes));
    }
    return isTuple ? new Target.TupleTarget(targets) : targets.get(0);
  }

  private Target target(boolean attributes) {
    if (stream.skipOperator("(")) {
      Target inner = expressions.nested(() -> targets(attributes));
      stream.expectOperator(")");
      return inner;
    }
    Token token = stream.current();
    if (!token.is(Token.Type.NAME)
        || List.of("true", "True", "false", "False", "none", "None").contains(token.text())) {
      throw stream.error("can't assign to '%s'".formatted(token.described()));
    }
    String name = stream.next().text();
    if (attributes && stream.skipOperator(".")) {
      return new Target.AttributeTarget(name, stream.expect(Token.Type.NAME).text());
    }
    if (loops > 0 && name.equals("loop")) {
      throw TemplateException.syntax(
          "Can't assign to special loop variable in for-loop target", token.position());
    }
    return new Target.NameTarget(name);
  }

  private Statement macro() {
    String name = stream.expect(Token.Type.NAME).text();
    return new Statements.MacroDefinition(definition(name, signature(), "endmacro"));
  }

  private Macro.Definition definition(String name, List<Macro.Parameter> parameters, String end) {
    names.enterBody();
    Position position = stream.current().position();
    Body body = closedBody(end);
    Macro.Free free = names.leaveBody();
    for (Macro.Parameter parameter : parameters) {
      if (parameter.name().equals("caller") && free.caller() && parameter.fallback().isEmpty()) {
        throw TemplateException.syntax(
            "When defining macros or call blocks the special \"caller\" argument must be omitted"
                + " or be given a default.",
            position);
      }
    }
    return new Macro.Definition(name, parameters, body, free);
  }

  /** A body that is a function to Python: loops around it cannot be left from within. */
  private Body closedBody(String end) {
    int mark = names.mark();
    int around = loops;
    loops = 0;
    Body body = body(end);
    loops = around;
    names.requireKnownSince(mark);
    return body;
  }

  private List<Macro.Parameter> signature() {
    List<Macro.Parameter> parameters = new ArrayList<>();
    boolean fallbacks = false;
    stream.expectOperator("(");
    while (!stream.current().isOperator(")")) {
      if (!parameters.isEmpty()) {
        stream.expectOperator(",");
      }
      String name = stream.expect(Token.Type.NAME).text();
      Optional<Expression> fallback =
          stream.skipOperator("=") ? Optional.of(expressions.expression()) : Optional.empty();
      if (fallbacks && fallback.isEmpty()) {
        throw stream.error("non-default argument follows default argument");
      }
      fallbacks = fallback.isPresent();
      parameters.add(new Macro.Parameter(name, fallback));
    }
    stream.expectOperator(")");
    return parameters;
  }

  private Statement callBlock() {
    List<Macro.Parameter> parameters = stream.current().isOperator("(") ? signature() : List.of();
    Position position = stream.current().position();
    Expression expression = expressions.expression();
    if (expression instanceof Located located && located.inner() instanceof Calls.Call call) {
      return new Statements.CallBlock(call, definition("caller", parameters, "endcall"));
    }
    throw TemplateException.syntax("expected call", position);
  }

  private Statement filterBlock() {
    Expression filter = expressions.suffixes().filters(new Access.Name(Statements.CAPTURED));
    int mark = names.mark();
    Body body = body("endfilter");
    names.requireKnownSince(mark);
    return new Statements.FilterBlock(filter, body);
  }

  private Statement with() {
    List<Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!stream.current().is(Token.Type.BLOCK_END)) {
      if (!targets.isEmpty()) {
        stream.expectOperator(",");
      }
      targets.add(target(false));
      stream.expectOperator("=");
      values.add(expressions.expression());
    }
    int mark = names.mark();
    Body body = body("endwith");
    names.requireKnownSince(mark);
    return new Statements.With(targets, values, body);
  }

  private Statement block() {
    String name = stream.expect(Token.Type.NAME).text();
    boolean scoped = stream.skipName("scoped");
    stream.skipName("required");
    Body body = closedBody("endblock");
    stream.skipName(name);
    return new Statements.Block(scoped, body);
  }

  private Statement printAll(Token tag) {
    List<Statement> all = new ArrayList<>();
    while (!stream.current().is(Token.Type.BLOCK_END)) {
      if (!all.isEmpty()) {
        stream.expectOperator(",");
      }
      all.add(
          new Statements.LocatedStatement(
              new Statements.Print(expressions.expression()), tag.position()));
    }
    return new Body(all);
  }

  private Statement generation() {
    generation = true;
    return new Statements.Generation(closedBody("endgeneration"));
  }
}
