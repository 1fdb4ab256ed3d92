package org.plumbline.model.chat.jinja;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDateTime;
import java.util.Map;

/**
 * A chat template, read once and rendered many times. Language and environment are those of jinja2
 * 3.1.6 as transformers sets it up; what differs: no other templates can be loaded, and the filters
 * {@code pprint}, {@code random}, {@code urlize} and {@code wordwrap}, the tag {@code autoescape},
 * {@code lipsum} and the methods of bytes are absent. Safe for use by several threads.
 */
public final class JinjaTemplate {
  private final Parser.Parsed parsed;
  private final Limits limits;

  private JinjaTemplate(Parser.Parsed parsed, Limits limits) {
    this.parsed = parsed;
    this.limits = limits;
  }

  /**
   * Reads a template.
   *
   * @throws TemplateException naming line and column where it is not valid
   */
  public static JinjaTemplate of(String source) {
    return of(source, Limits.DEFAULT);
  }

  static JinjaTemplate of(String source, Limits limits) {
    return new JinjaTemplate(Parser.parse(source), limits);
  }

  /** Whether it marks what the assistant writes by {@code {% generation %}} blocks. */
  public boolean marksGeneration() {
    return parsed.marksGeneration();
  }

  /**
   * Fills the template.
   *
   * @param variables by name: messages, tools, add_generation_prompt, bos_token …
   * @param now what {@code strftime_now} tells
   * @throws TemplateException where the template refuses, fails or costs too much
   */
  public Rendered render(ObjectNode variables, LocalDateTime now) {
    Position start = new Position(1, 1);
    JsonValues json = new JsonValues();
    try {
      Map<String, Object> values = json.variables(variables);
      Execution execution = new Execution(limits, json.size(), now);
      parsed.body().execute(Scope.root(execution, values), execution.output());
      return new Rendered(execution.output().toString(), execution.generated());
    } catch (PythonError e) {
      throw TemplateException.of(e, start);
    } catch (StackOverflowError e) {
      throw TemplateException.of(PythonError.limit("nested too deeply for this thread"), start);
    }
  }
}
