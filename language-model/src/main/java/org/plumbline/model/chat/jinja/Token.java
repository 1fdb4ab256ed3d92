package org.plumbline.model.chat.jinja;

/**
 * A piece of a template.
 *
 * @param value the text of data, names, operators and strings; the number of numbers; "" otherwise
 */
record Token(Type type, Object value, Position position) {
  /** What a token is. */
  enum Type {
    DATA("template data / text"),
    VARIABLE_BEGIN("begin of print statement"),
    VARIABLE_END("end of print statement"),
    BLOCK_BEGIN("begin of statement block"),
    BLOCK_END("end of statement block"),
    NAME("name"),
    STRING("string"),
    INTEGER("integer"),
    FLOAT("float"),
    OPERATOR("operator"),
    END("end of template");

    private final String words;

    Type(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  String text() {
    return value.toString();
  }

  boolean is(Type wanted) {
    return type == wanted;
  }

  boolean isName(String name) {
    return type == Type.NAME && value.equals(name);
  }

  boolean isOperator(String operator) {
    return type == Type.OPERATOR && value.equals(operator);
  }

  /** As error messages call it. */
  String described() {
    return type == Type.NAME || type == Type.OPERATOR ? text() : type.words();
  }
}
