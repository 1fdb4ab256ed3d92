package org.plumbline.model.chat.jinja;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens as jinja2's lexer does with {@code trim_blocks} and {@code
 * lstrip_blocks}: the line feed after a block goes, and so does indentation before it.
 */
final class Lexer {
  private static final Pattern NEWLINE = Pattern.compile("\r\n|\r");
  private static final Pattern FLOAT =
      Pattern.compile(
          "(?<!\\.)(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
  private static final List<String> OPERATORS =
      List.of(
          "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{",
          "}", ">", "<", "=", ".", ":", "|", ",", ";");

  private final String source;
  private final LineMap lines;
  private final List<Token> tokens = new ArrayList<>();
  private final Deque<String> brackets = new ArrayDeque<>();
  private int at;
  private boolean lineStarting = true;

  private Lexer(String source) {
    this.source = source;
    this.lines = new LineMap(source);
  }

  /** All tokens of a template, the end as the last. */
  static List<Token> tokens(String template) {
    String source = NEWLINE.matcher(template).replaceAll("\n");
    source = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    Lexer lexer = new Lexer(source);
    lexer.template();
    return lexer.tokens;
  }

  private void template() {
    while (at < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        data(source.substring(at), at);
        at = source.length();
        break;
      }
      char kind = source.charAt(tag + 1);
      char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
      data(stripped(source.substring(at, tag), sign, kind != '{'), at);
      int raw = rawBegin(tag);
      if (raw >= 0) {
        moveTo(raw);
        raw();
      } else {
        moveTo(tag + (sign == '-' || sign == '+' ? 3 : 2));
        if (kind == '#') {
          comment();
        } else {
          expression(kind == '%', tag);
        }
      }
    }
    add(Token.Type.END, "", Math.max(0, source.length() - 1));
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      char next = i + 1 < source.length() ? source.charAt(i + 1) : ' ';
      if (next == '%' || next == '{' || next == '#') {
        return i;
      }
    }
    return -1;
  }

  /** Text before a tag, without what the tag's sign or the line's indentation takes away. */
  private String stripped(String text, char sign, boolean block) {
    if (sign == '-') {
      return Whitespace.stripEnd(text);
    }
    int line = text.lastIndexOf('\n') + 1;
    boolean indentation = line < text.length() && Whitespace.skip(text, line) == text.length();
    boolean strips = sign != '+' && block && indentation && (line > 0 || lineStarting);
    return strips ? text.substring(0, line) : text;
  }

  /** Where the content of a raw block begins, or -1 if the tag here is another. */
  private int rawBegin(int tag) {
    if (source.charAt(tag + 1) != '%') {
      return -1;
    }
    int name = Whitespace.skip(source, signEnd(tag + 2));
    if (!source.startsWith("raw", name)) {
      return -1;
    }
    int end = Whitespace.skip(source, name + 3);
    if (source.startsWith("-%}", end)) {
      return Whitespace.skip(source, end + 3);
    }
    return source.startsWith("%}", end) ? end + 2 : -1;
  }

  private int signEnd(int sign) {
    boolean signed = source.startsWith("-", sign) || source.startsWith("+", sign);
    return signed ? sign + 1 : sign;
  }

  private void raw() {
    for (int tag = source.indexOf("{%", at); tag >= 0; tag = source.indexOf("{%", tag + 1)) {
      int name = Whitespace.skip(source, signEnd(tag + 2));
      if (source.startsWith("endraw", name)) {
        int end = blockEnd(Whitespace.skip(source, name + 6));
        if (end >= 0) {
          data(stripped(source.substring(at, tag), source.charAt(tag + 2), true), at);
          moveTo(end);
          return;
        }
      }
    }
    throw error("Missing end of raw directive", at);
  }

  private void comment() {
    for (int end = source.indexOf("#}", at); end >= 0; end = source.indexOf("#}", end + 1)) {
      char sign = end > at ? source.charAt(end - 1) : ' ';
      int after = end + 2;
      if (sign == '-') {
        after = Whitespace.skip(source, after);
      } else if (sign != '+' && source.startsWith("\n", after)) {
        after++;
      }
      moveTo(after);
      return;
    }
    if (at < source.length()) {
      throw error("Missing end of comment tag", at);
    }
  }

  /** Where a block's end tag ends, or -1 where there is none. */
  private int blockEnd(int from) {
    if (source.startsWith("+%}", from)) {
      return from + 3;
    }
    if (source.startsWith("-%}", from)) {
      return Whitespace.skip(source, from + 3);
    }
    if (!source.startsWith("%}", from)) {
      return -1;
    }
    return source.startsWith("\n", from + 2) ? from + 3 : from + 2;
  }

  private int variableEnd(int from) {
    if (source.startsWith("-}}", from)) {
      return Whitespace.skip(source, from + 3);
    }
    return source.startsWith("}}", from) ? from + 2 : -1;
  }

  private void expression(boolean block, int tag) {
    add(block ? Token.Type.BLOCK_BEGIN : Token.Type.VARIABLE_BEGIN, "", tag);
    while (at < source.length()) {
      int end = brackets.isEmpty() ? (block ? blockEnd(at) : variableEnd(at)) : -1;
      if (end >= 0) {
        add(block ? Token.Type.BLOCK_END : Token.Type.VARIABLE_END, "", at);
        moveTo(end);
        return;
      }
      int next = Whitespace.skip(source, at);
      if (next > at) {
        at = next;
      } else {
        token();
      }
    }
  }

  private void token() {
    Matcher number = FLOAT.matcher(source).region(at, source.length()).useTransparentBounds(true);
    char first = source.charAt(at);
    if (number.lookingAt()) {
      add(Token.Type.FLOAT, Double.valueOf(number.group().replace("_", "")), at);
      at = number.end();
    } else if (number.usePattern(INTEGER).lookingAt()) {
      add(Token.Type.INTEGER, integer(number.group().replace("_", "")), at);
      at = number.end();
    } else if (first == '\'' || first == '"') {
      string(first);
    } else if (Character.isUnicodeIdentifierPart(source.codePointAt(at)) || first == '_') {
      name();
    } else {
      operator();
    }
  }

  private static Object integer(String digits) {
    String lower = digits.toLowerCase(Locale.ROOT);
    int radix =
        lower.startsWith("0x") ? 16 : lower.startsWith("0o") ? 8 : lower.startsWith("0b") ? 2 : 10;
    return Numbers.normal(new BigInteger(radix == 10 ? lower : lower.substring(2), radix));
  }

  private void name() {
    int end = at;
    while (end < source.length()
        && Character.isUnicodeIdentifierPart(source.codePointAt(end))
        && !Character.isIdentifierIgnorable(source.codePointAt(end))) {
      end += Character.charCount(source.codePointAt(end));
    }
    if (end == at
        || !(Character.isUnicodeIdentifierStart(source.codePointAt(at))
            || source.charAt(at) == '_')) {
      throw error("Invalid character in identifier", at);
    }
    add(Token.Type.NAME, source.substring(at, end), at);
    at = end;
  }

  private void string(char quote) {
    int end = at + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw error("unexpected char %s at %d".formatted(quoted(quote), at), at);
    }
    try {
      add(Token.Type.STRING, Escapes.decoded(source.substring(at + 1, end)), at);
    } catch (PythonError e) {
      throw error(e.reason(), at);
    }
    at = end + 1;
  }

  private void operator() {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        balance(operator);
        add(Token.Type.OPERATOR, operator, at);
        at += operator.length();
        return;
      }
    }
    throw error("unexpected char %s at %d".formatted(quoted(source.charAt(at)), at), at);
  }

  private static String quoted(char character) {
    return character == '\'' ? "\"'\"" : "'" + character + "'";
  }

  private void balance(String operator) {
    switch (operator) {
      case "{" -> brackets.push("}");
      case "(" -> brackets.push(")");
      case "[" -> brackets.push("]");
      case "}", ")", "]" -> {
        if (brackets.isEmpty()) {
          throw error("unexpected '%s'".formatted(operator), at);
        }
        String expected = brackets.pop();
        if (!expected.equals(operator)) {
          throw error("unexpected '%s', expected '%s'".formatted(operator, expected), at);
        }
      }
      default -> {}
    }
  }

  private void data(String text, int offset) {
    if (!text.isEmpty()) {
      add(Token.Type.DATA, text, offset);
    }
  }

  private void moveTo(int next) {
    lineStarting = next > 0 && source.charAt(next - 1) == '\n';
    at = next;
  }

  private void add(Token.Type type, Object value, int offset) {
    tokens.add(new Token(type, value, lines.at(offset)));
  }

  private TemplateException error(String reason, int offset) {
    return TemplateException.syntax(reason, lines.at(offset));
  }
}
