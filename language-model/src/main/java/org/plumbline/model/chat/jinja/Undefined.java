package org.plumbline.model.chat.jinja;

import java.util.function.Supplier;

/**
 * What a missing variable or attribute is: prints as nothing, is false and empty, and fails in any
 * other use.
 */
final class Undefined {
  private final String kind;
  private final Supplier<String> message;

  private Undefined(String kind, Supplier<String> message) {
    this.kind = kind;
    this.message = message;
  }

  static Undefined of(String message) {
    return new Undefined("UndefinedError", () -> message);
  }

  /** No such attribute or element; the message is made only if it is needed. */
  static Undefined missing(Object owner, Object name) {
    return new Undefined("UndefinedError", () -> absent(owner, name));
  }

  /** An attribute that templates must not reach. */
  static Undefined unsafe(Object owner, String name) {
    return new Undefined(
        "SecurityError",
        () ->
            "access to attribute '%s' of '%s' object is unsafe."
                .formatted(name, Types.name(owner)));
  }

  private static String absent(Object owner, Object name) {
    String object = owner == None.NONE ? "None" : Types.name(owner) + " object";
    return name instanceof String attribute
        ? "'%s' has no attribute '%s'".formatted(object, attribute)
        : "%s has no element %s".formatted(object, name);
  }

  /** The error of using it, to be thrown. */
  PythonError error() {
    return new PythonError(kind, message.get());
  }
}
