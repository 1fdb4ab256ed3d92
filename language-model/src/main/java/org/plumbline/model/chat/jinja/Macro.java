package org.plumbline.model.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A macro, or the body of a call block, bound to the scope it was defined in. */
final class Macro implements PythonCallable {
  private final Definition definition;
  private final Scope scope;

  Macro(Definition definition, Scope scope) {
    this.definition = definition;
    this.scope = scope;
  }

  /** A parameter; one without a default may still be left out and is undefined then. */
  record Parameter(String name, Optional<Expression> fallback) {}

  /**
   * What the template says about a macro.
   *
   * @param free which of {@code caller}, {@code kwargs}, {@code varargs} its body uses
   */
  record Definition(String name, List<Parameter> parameters, Body body, Free free) {
    boolean names(String parameter) {
      return parameters.stream().anyMatch(own -> own.name().equals(parameter));
    }
  }

  /** Which of the special names a body uses. */
  record Free(boolean caller, boolean kwargs, boolean varargs) {}

  @Override
  public Object call(Execution execution, Arguments arguments) {
    execution.enter();
    Scope frame = scope.child();
    Map<String, Object> keywords = new LinkedHashMap<>(arguments.keywords());
    List<Object> positional = arguments.positional();
    List<Parameter> parameters = definition.parameters();
    List<Parameter> missing = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (i < positional.size()) {
        frame.set(parameter.name(), positional.get(i));
      } else if (keywords.containsKey(parameter.name())) {
        frame.set(parameter.name(), keywords.remove(parameter.name()));
      } else {
        missing.add(parameter);
      }
    }
    bindRest(frame, keywords, positional);
    for (Parameter parameter : missing) {
      frame.set(
          parameter.name(),
          parameter
              .fallback()
              .map(fallback -> fallback.evaluate(frame))
              .orElseGet(
                  () ->
                      Undefined.of("parameter '%s' was not provided".formatted(parameter.name()))));
    }
    TextBuffer text = new TextBuffer(execution);
    definition.body().execute(frame, text);
    execution.leave();
    return text.toString();
  }

  private void bindRest(Scope frame, Map<String, Object> keywords, List<Object> positional) {
    int own = definition.parameters().size();
    if (definition.free().caller() && !definition.names("caller")) {
      Object caller = keywords.remove("caller");
      frame.set("caller", caller == null ? Undefined.of("No caller defined") : caller);
    }
    if (definition.free().kwargs() && !definition.names("kwargs")) {
      frame.set("kwargs", new LinkedHashMap<Object, Object>(keywords));
    } else if (keywords.containsKey("caller")) {
      throw PythonError.type(
          "macro '%s' was invoked with two values for the special caller argument."
              + " This is most likely a bug.",
          definition.name());
    } else if (!keywords.isEmpty()) {
      throw PythonError.type(
          "macro '%s' takes no keyword argument '%s'",
          definition.name(), keywords.keySet().iterator().next());
    }
    if (definition.free().varargs() && !definition.names("varargs")) {
      frame.set(
          "varargs",
          Tuple.of(
              List.copyOf(
                  positional.subList(Math.min(own, positional.size()), positional.size()))));
    } else if (positional.size() > own) {
      throw PythonError.type(
          "macro '%s' takes not more than %d argument(s)", definition.name(), own);
    }
  }

  Object attribute(String name) {
    return switch (name) {
      case "name" -> definition.name();
      case "arguments" ->
          Tuple.of(definition.parameters().stream().<Object>map(Parameter::name).toList());
      case "catch_kwargs" -> definition.free().kwargs();
      case "catch_varargs" -> definition.free().varargs();
      case "caller" -> definition.free().caller();
      default -> Undefined.missing(this, name);
    };
  }
}
